using RawWebSocket.Fuzz.Engine;

namespace RawWebSocket.Fuzz.Tests.Engine;

public class FuzzArgumentsTests
{
    [Fact]
    public void Every_option_is_read()
    {
        var arguments = FuzzArguments.Parse(
            [
                "--minutes", "0.5", "--executions", "10", "--seed", "3", "--target", "utf8", "--target", "close",
                "--save-corpus", "--finds", "a", "--replay", "b",
            ]);
        arguments.Time.ShouldBe(TimeSpan.FromSeconds(30));
        arguments.Executions.ShouldBe(10);
        arguments.Seed.ShouldBe(3);
        arguments.Targets.ShouldBe(["utf8", "close"]);
        arguments.SavesCorpus.ShouldBeTrue();
        arguments.Finds.ShouldBe("a");
        arguments.Replay.ShouldBe("b");
    }

    [Theory]
    [InlineData("--minutes")]
    [InlineData("--minutes", "soon")]
    [InlineData("--forever")]
    public void What_is_no_option_or_has_no_value_is_refused(params string[] arguments) =>
        Should.Throw<FormatException>(() => FuzzArguments.Parse(arguments));
}
