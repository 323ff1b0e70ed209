using RawWebSocket.Fuzz.Engine;

namespace RawWebSocket.Fuzz.Tests;

/// <summary>A short run of each target, always the same one. The long runs are the program's.</summary>
public class FuzzingTests
{
    [Theory]
    [InlineData("header", 5_000)]
    [InlineData("close", 5_000)]
    [InlineData("utf8", 3_000)]
    [InlineData("decoder", 1_500)]
    [InlineData("handshake", 1_500)]
    [InlineData("connection", 600)]
    [InlineData("deflate", 600)]
    public async Task No_mutation_of_the_corpus_breaks_a_rule(string target, int executions)
    {
        Find? find = null;
        var fuzzer = Create(target, seed: 1, found => find ??= found);
        await Bounded.RunAsync(() => Run(fuzzer, executions));
        find.ShouldBeNull($"{find?.Signature}\n{HexText.Format(find?.Input)}\n{find?.Exception}");
        fuzzer.Discoveries.ShouldBePositive();
    }

    [Fact]
    public void Every_target_is_run() =>
        typeof(FuzzingTests).GetMethod(nameof(No_mutation_of_the_corpus_breaks_a_rule))!
            .GetCustomAttributes(typeof(InlineDataAttribute), inherit: false).Length.ShouldBe(AllTargets.Names.Count);

    [Theory]
    [InlineData("decoder")]
    [InlineData("handshake")]
    [InlineData("deflate")]
    public void The_same_seed_does_the_same_again(string target)
    {
        var (first, second, third) = (Create(target, seed: 7), Create(target, seed: 7), Create(target, seed: 8));
        foreach (var fuzzer in (Fuzzer[])[first, second, third])
        {
            Run(fuzzer, 300);
        }

        (second.FeatureCount, second.Discoveries, second.CorpusSize).ShouldBe((first.FeatureCount, first.Discoveries, first.CorpusSize));
        third.FeatureCount.ShouldNotBe(first.FeatureCount);
    }

    private static Fuzzer Create(string target, int seed, Action<Find>? onFind = null)
    {
        var fuzzer = new Fuzzer(AllTargets.Create(target), seed) { OnFind = onFind };
        foreach (var (_, input) in new CorpusFolder(fuzzer.Target, CorpusFolder.InRepository).ReadAll())
        {
            fuzzer.AddSeed(input);
        }

        return fuzzer;
    }

    private static void Run(Fuzzer fuzzer, int executions)
    {
        for (var i = 0; i < executions; i++)
        {
            fuzzer.Step();
        }
    }
}
