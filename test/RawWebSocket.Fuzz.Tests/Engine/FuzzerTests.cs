using RawWebSocket.Fuzz.Engine;

namespace RawWebSocket.Fuzz.Tests.Engine;

public class FuzzerTests
{
    [Fact]
    public void A_broken_rule_is_found_step_by_step_and_its_input_made_as_small_as_can_be()
    {
        var finds = new List<Find>();
        var fuzzer = new Fuzzer(new BrokenTarget(), seed: 1) { OnFind = finds.Add };
        fuzzer.AddSeed([.. "a harmless input"u8]);
        for (var i = 0; i < 20_000; i++)
        {
            fuzzer.Step();
        }

        finds.ShouldHaveSingleItem().Input.ShouldBe(BrokenTarget.Fatal);
        finds[0].Signature.ShouldBe("No fatal bytes.");
        finds[0].Count.ShouldBeGreaterThan(1);
        fuzzer.Discoveries.ShouldBeGreaterThanOrEqualTo(2, "each further byte is worth keeping");
    }

    [Fact]
    public void A_find_is_told_by_its_rule_or_by_where_an_exception_came_from()
    {
        Find.SignatureOf(new InvariantException("A rule.", "Details.")).ShouldBe("A rule.");
        Find.SignatureOf(Should.Throw<FormatException>(() => AllTargets.Create("nothing")))
            .ShouldBe("FormatException in RawWebSocket.Fuzz.AllTargets.Create");
    }

    [Fact]
    public void A_feature_is_new_once()
    {
        var features = new Features();
        features.Add('a', 1);
        features.AddStep('b');
        features.New.ShouldBe(2);

        features.Begin();
        features.Add('a', 1);
        features.AddStep('b');
        features.New.ShouldBe(0);
        features.AddStep('b');
        features.New.ShouldBe(1, "after another step it is another feature");
        features.Count.ShouldBe(3);
    }
}
