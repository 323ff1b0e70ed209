using RawWebSocket.Fuzz.Engine;

namespace RawWebSocket.Fuzz.Tests.Engine;

public class FuzzProgramTests
{
    [Fact]
    public void A_run_without_a_find_ends_with_0_and_a_summary()
    {
        var output = new StringWriter();
        new FuzzProgram(FuzzArguments.Parse(["--executions", "50", "--target", "close"]), output).Run().ShouldBe(0);
        output.ToString().ShouldContain("50 executions in");
    }

    [Fact]
    public void An_input_is_replayed()
    {
        var file = Path.Combine(CorpusFolder.InRepository, "close", "normal.hex");
        var output = new StringWriter();
        new FuzzProgram(FuzzArguments.Parse(["--target", "close", "--replay", file]), output).Run().ShouldBe(0);
        output.ToString().ShouldContain("No rule was broken.");
    }

    [Fact]
    public void An_unknown_target_is_refused() =>
        Should.Throw<FormatException>(() => new FuzzProgram(FuzzArguments.Parse(["--target", "nothing"]), TextWriter.Null).Run());
}
