using System.Reflection;
using RawWebSocket.Testing;

namespace RawWebSocket.Tests.PublicApi;

/// <summary>What users can name is written down in a file, so that no change of it goes unseen.</summary>
public class PublicApiTests
{
    private const string Accept = "RAWWEBSOCKET_ACCEPT_API";

    public static readonly TheoryData<string> Assemblies =
        [typeof(WebSocketConnection).Assembly.GetName().Name!, typeof(TestWebSocket).Assembly.GetName().Name!];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void The_public_api_is_the_one_written_down(string assembly)
    {
        var path = Repository.PathTo("test", "RawWebSocket.Tests", "PublicApi", $"{assembly}.txt");
        var actual = ApiText.LinesOf(Assembly.Load(assembly));
        if (Environment.GetEnvironmentVariable(Accept) == "1")
        {
            File.WriteAllText(path, string.Concat(actual.Select(line => line + "\n")));
        }

        var expected = File.Exists(path) ? File.ReadAllLines(path) : [];
        if (!expected.SequenceEqual(actual))
        {
            Assert.Fail(
                $"""
                 The public API of {assembly} is not the one written down in {Path.GetFileName(path)}:

                 {string.Join('\n', Difference(expected, actual))}

                 If that is meant, accept it and commit the file: {Accept}=1 dotnet test test/RawWebSocket.Tests --filter PublicApi
                 """);
        }
    }

    [Fact]
    public void What_is_gone_and_what_is_new_is_shown_line_by_line() =>
        Difference(["a", "b", "d"], ["a", "c", "d"]).ShouldBe(["- b", "+ c"]);

    [Fact]
    public void Lines_in_another_order_are_said_to_be_so() => Difference(["b", "a"], ["a", "b"]).ShouldBe(["(the lines are not sorted)"]);

    private static List<string> Difference(IReadOnlyList<string> expected, IReadOnlyList<string> actual)
    {
        var lines = expected.Except(actual).Select(line => (line, $"- {line}"))
            .Concat(actual.Except(expected).Select(line => (line, $"+ {line}")))
            .OrderBy(static pair => pair.line, StringComparer.Ordinal)
            .Select(static pair => pair.Item2)
            .ToList();
        return lines.Count > 0 ? lines : ["(the lines are not sorted)"];
    }
}
