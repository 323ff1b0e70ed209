using RawWebSocket.Fuzz.Engine;

namespace RawWebSocket.Fuzz.Tests;

/// <summary>Every input of the corpus keeps every rule; among them are those that once broke one.</summary>
public class CorpusTests
{
    public static TheoryData<string, string> Inputs
    {
        get
        {
            var inputs = new TheoryData<string, string>();
            foreach (var name in AllTargets.Names)
            {
                foreach (var (file, _) in FolderOf(name).ReadAll())
                {
                    inputs.Add(name, file);
                }
            }

            return inputs;
        }
    }

    [Theory]
    [MemberData(nameof(Inputs))]
    public async Task An_input_of_the_corpus_breaks_no_rule(string target, string file)
    {
        var input = FolderOf(target).ReadAll().Single(entry => entry.Key == file).Value;
        await Bounded.RunAsync(() => AllTargets.Create(target).Execute(input, new Features()));
    }

    [Fact]
    public void Every_target_has_a_corpus() =>
        AllTargets.Names.ShouldAllBe(name => FolderOf(name).ReadAll().Any());

    private static CorpusFolder FolderOf(string target) => new(AllTargets.Create(target), CorpusFolder.InRepository);
}
