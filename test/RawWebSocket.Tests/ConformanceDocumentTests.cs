using System.Text.RegularExpressions;

namespace RawWebSocket.Tests;

/// <summary>Keeps docs/conformance.md true: what it names is there, and every class of conformance tests has its place in it.</summary>
public partial class ConformanceDocumentTests
{
    private const int Columns = 4;

    private static readonly string[] Lines = File.ReadAllLines(Repository.PathTo("docs", "conformance.md"));

    private static readonly Type[] AllTypes =
        [.. typeof(WebSocketConnection).Assembly.GetTypes(), .. typeof(Testing.TestWebSocket).Assembly.GetTypes()];

    private static readonly HashSet<string> Types = [.. AllTypes.Select(type => type.Name)];

    // Test classes and their methods, read from the sources: most are in assemblies that this one does not know.
    private static readonly Dictionary<string, HashSet<string>> Tests = ReadTests();

    [Fact]
    public void There_are_rows_and_tests_to_look_at()
    {
        Rows().Count().ShouldBeGreaterThan(50);
        Tests.Count.ShouldBeGreaterThan(20);
    }

    [Fact]
    public void Every_row_names_who_keeps_its_clause_and_what_shows_it() =>
        (from row in Rows()
         where row.Length != Columns || !NamesIn(row[2]).Any() || !NamesIn(row[3]).Any()
         select row[0]).ShouldBeEmpty();

    [Fact]
    public void Every_type_that_keeps_a_clause_exists() =>
        (from row in Rows()
         from name in NamesIn(row[2])
         where !Types.Contains(name)
         select $"{name}: {row[0]}").ShouldBeEmpty();

    [Fact]
    public void Every_type_and_member_it_speaks_of_exists()
    {
        HashSet<string> known = [.. Types, .. AllTypes.SelectMany(type => type.GetMembers()).Select(member => member.Name)];
        (from line in Lines
         from name in NamesIn(line)
         where Identifier().IsMatch(name) && !known.Contains(name) && name != nameof(ConformanceDocumentTests)
         select name).ShouldBeEmpty();
    }

    [Fact]
    public void Every_test_that_shows_a_clause_exists()
    {
        var missing = new List<string>();
        foreach (var line in Lines)
        {
            var testClass = "";
            foreach (var match in TestName().Matches(line).Cast<Match>())
            {
                testClass = match.Groups["class"].Value is { Length: > 0 } name ? name : testClass;
                var method = match.Groups["method"].Value;
                if (!Tests.TryGetValue(testClass, out var methods) || !methods.Contains(method))
                {
                    missing.Add($"{testClass}.{method}");
                }
            }
        }

        missing.ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_else_stands_where_tests_are_named() =>
        (from row in Rows()
         from name in NamesIn(row[3])
         where !TestName().IsMatch($"`{name}`")
         select $"{name}: {row[0]}").ShouldBeEmpty();

    [Fact]
    public void Every_class_of_conformance_tests_is_named()
    {
        var text = string.Join('\n', Lines);
        Tests.Keys
            .Where(name => name.StartsWith("Section_", StringComparison.Ordinal) && !text.Contains($"`{name}.", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    private static IEnumerable<string[]> Rows() =>
        from line in Lines
        where line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| clause", StringComparison.Ordinal)
        select line.Trim('|', ' ').Split(" | ");

    private static IEnumerable<string> NamesIn(string cell) => Quoted().Matches(cell).Select(match => match.Groups["name"].Value);

    private static Dictionary<string, HashSet<string>> ReadTests()
    {
        var tests = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(Repository.PathTo("test"), "*.cs", SearchOption.AllDirectories))
        {
            if (path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            {
                continue;
            }

            var source = File.ReadAllText(path);
            if (TestClass().Match(source) is { Success: true } testClass)
            {
                var methods = TestMethod().Matches(source).Select(match => match.Groups["name"].Value);
                tests.TryAdd(testClass.Groups["name"].Value, []);
                tests[testClass.Groups["name"].Value].UnionWith(methods);
            }
        }

        return tests;
    }

    [GeneratedRegex("`(?<name>[^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex("^[A-Z][A-Za-z0-9]*$")]
    private static partial Regex Identifier();

    // The name of a test is a sentence, so that it has an underscore; that of a member has none.
    [GeneratedRegex(@"`(?<class>[A-Z]\w*)?\.(?<method>[A-Z]\w*_\w+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"^public (?:abstract |sealed )?(?:partial )?class (?<name>\w+Tests|Section_\w+)\b", RegexOptions.Multiline)]
    private static partial Regex TestClass();

    [GeneratedRegex(@"\bpublic (?:async )?(?:Task|void) (?<name>\w+_\w+)\(")]
    private static partial Regex TestMethod();
}
