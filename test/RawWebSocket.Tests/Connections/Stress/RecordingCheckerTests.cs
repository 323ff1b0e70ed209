using System.IO.Compression;
using RawWebSocket.Testing;

namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>The checker is right about what is right, and names each fault that is planted in it.</summary>
public class RecordingCheckerTests
{
    public static TheoryData<string> Plants => [.. PlantedFaults.All.Keys];

    [Theory]
    [InlineData(RoundEnd.Close)]
    [InlineData(RoundEnd.Interrupt)]
    [InlineData(RoundEnd.Stop)]
    [InlineData(RoundEnd.PeerLeaves)]
    public void Nothing_is_wrong_with_what_is_right(RoundEnd end) => new RightRecording(end).Counted().Check().ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Plants))]
    public void A_planted_fault_is_named(string plant)
    {
        var (rule, sow) = PlantedFaults.All[plant];
        var right = new RightRecording().Counted();
        sow(right);
        var faults = right.Check();
        faults.ShouldNotBeEmpty();
        faults[0].Rule.ShouldBe(rule, $"{faults[0]}");
    }

    [Fact]
    public void A_fault_has_been_planted_against_every_rule() =>
        Enum.GetValues<Rule>().Except(PlantedFaults.All.Values.Select(plant => plant.Rule)).ShouldBeEmpty();

    [Theory]
    [InlineData(RoundEnd.Stop)]
    [InlineData(RoundEnd.PeerLeaves)]
    public void Where_nobody_closes_the_end_may_be_missing(RoundEnd end)
    {
        var right = new RightRecording(end);
        right.Frames.RemoveRange(8, 2);
        if (end == RoundEnd.PeerLeaves)
        {
            right.Frames[^1] = right.Frames[^1][..1000];
        }

        right.Check().ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_may_stand_behind_half_a_frame()
    {
        var right = new RightRecording(RoundEnd.PeerLeaves);
        right.Frames[right.At(right.Long)] = RightRecording.Data(right.Long)[..1000];
        right.Check().ShouldContain(fault => fault.Rule == Rule.WhatArrivesIsWhole);
    }

    [Fact]
    public void Half_of_what_was_cancelled_may_not_arrive_either()
    {
        var right = new RightRecording(RoundEnd.PeerLeaves);
        right.Frames[9] = RightRecording.Data(right.Cancelled)[..30];
        right.Check().ShouldHaveSingleItem().Rule.ShouldBe(Rule.WhatWasCancelledDoesNotArrive);
    }

    [Fact]
    public void A_close_may_interrupt_a_message_in_fragments_and_nothing_else()
    {
        var right = new RightRecording(RoundEnd.Interrupt);
        var interrupted = right.Add(2, SendingKind.Stream, 500, Outcome.Closed);
        right.Frames.Insert(9, RightRecording.Fragment(FrameOpcode.Text, interrupted, ..200, isFinal: false));
        right.Counted().Check().ShouldBeEmpty();

        right.Frames[9] = RightRecording.Fragment(FrameOpcode.Text, right.Refused, ..20, isFinal: false);
        right.Counted().Check().ShouldHaveSingleItem().Rule.ShouldBe(Rule.WhatWasRefusedDoesNotArrive);
    }

    [Fact]
    public void What_was_sent_arrives_even_where_nobody_closes()
    {
        var right = new RightRecording(RoundEnd.Stop);
        right.Frames.RemoveRange(7, 3);
        right.Check().ShouldHaveSingleItem().ToString().ShouldStartWith($"{Rule.WhatWasSentArrives}: {right.Long}");
    }

    [Fact]
    public void Compressed_messages_are_one_stream()
    {
        var right = Compressed();
        right.Counted().Check().ShouldBeEmpty();

        // Without the one before it, the second refers to what the peer has not got.
        right.Frames[0] = RightRecording.Data(right.First);
        right.Check().ShouldContain(fault => fault.Rule == Rule.WhatArrivesIsWhole || fault.Rule == Rule.WhatArrivesWasSent);
    }

    [Fact]
    public void Half_a_compressed_message_is_looked_at_as_well()
    {
        var right = Compressed(RoundEnd.PeerLeaves);
        var at = right.Frames.Count - 3;
        right.Frames.RemoveRange(at + 1, 2);
        right.Frames[at] = right.Frames[at][..20_000];
        right.Check().ShouldBeEmpty();

        right.Frames[at] = [.. right.Frames[at], .. RightRecording.Data(right.Batched), .. RightRecording.Data(right.Batched)];
        right.Check().ShouldContain(fault => fault.Rule == Rule.WhatArrivesIsWhole);
    }

    // All messages are one stream, and of each the tail is taken off.
    private static RightRecording Compressed(RoundEnd end = RoundEnd.Close)
    {
        var right = new RightRecording(end);
        right.Recording = right.Recording with { IsCompressed = true };
        using var compressed = new MemoryStream();
        using var deflate = new DeflateStream(compressed, CompressionLevel.Optimal);
        foreach (var sending in new[] { right.First, right.Posted, right.Long })
        {
            var before = (int)compressed.Length;
            deflate.Write(sending.Payload());
            deflate.Flush();
            var payload = compressed.ToArray()[before..^4];
            right.Frames[right.At(sending)] = RightRecording.Frame(FrameOpcode.Binary, payload, isCompressed: true);
        }

        return right;
    }
}
