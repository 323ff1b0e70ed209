using RawWebSocket.Protocol;
using RawWebSocket.Tests.Wire;
using static RawWebSocket.Tests.Wire.ClientFrame;

namespace RawWebSocket.Tests.Protocol;

/// <summary>"Any split of the same bytes gives the same outcome": over reads, and over the segments of one read.</summary>
public class MessageDecoderSplitTests
{
    private static readonly byte[] Conversation =
    [
        .. Of(Text, "Hi €"u8),
        .. Of(TextStart, [(byte)'a', 0xE2]),
        .. Of(Ping, [1, 2]),
        .. Of(Middle, []),
        .. Of(Middle, [0x82]),
        .. Of(Pong, []),
        .. Of(Last, [0xAC, (byte)'!']),
        .. Of(Binary, []),
        .. Of(BinaryStart, []),
        .. Of(Last, []),
        .. Of(Binary, "bin"u8),
        .. Closing(1000, "bye"u8),
    ];

    private static readonly string[] ControlFrames = ["Ping 0102", "Pong ", "Close 1000 bye"];

    private static readonly string[] Everything =
        ["Text Hi €", "Ping 0102", "Pong ", "Text a€!", "Binary ", "Binary ", "Binary bin", "Close 1000 bye"];

    private static readonly Dictionary<string, (byte[] Bytes, ProtocolFault Fault)> Faults = new()
    {
        ["reserved bit"] = (Of(0xC1, "x"u8), ProtocolFault.ReservedBits),
        ["reserved opcode"] = (Of(0x83, "x"u8), ProtocolFault.ReservedOpcode),
        ["not masked"] = ([0x81, 0x01, (byte)'x'], ProtocolFault.NotMasked),
        ["fragmented ping"] = (Of(0x09, "x"u8), ProtocolFault.ControlFragmented),
        ["long ping"] = (Of(Ping, new byte[126]), ProtocolFault.ControlTooLong),
        ["length not minimal"] = ([Text, 0xFE, 0, 1, .. Key, 0], ProtocolFault.LengthNotMinimal),
        ["length with top bit"] = ([Text, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 1, .. Key, 0], ProtocolFault.LengthTopBit),
        ["continuation of nothing"] = (Of(Last, "x"u8), ProtocolFault.UnexpectedContinuation),
        ["message in a message"] = ([.. Of(BinaryStart, "x"u8), .. Of(Binary, "y"u8)], ProtocolFault.MessageInterrupted),
        ["same type in a message"] = ([.. Of(TextStart, "x"u8), .. Of(TextStart, "y"u8)], ProtocolFault.MessageInterrupted),
        ["close of one byte"] = (Of(Close, [3]), ProtocolFault.ClosePayloadTooShort),
        ["close with 1005"] = (Closing(1005, []), ProtocolFault.CloseCodeReserved),
        ["close not UTF-8"] = (Closing(1000, [0xC3]), ProtocolFault.CloseReasonNotUtf8),
        ["text not UTF-8"] = (Of(Text, [(byte)'a', 0xC0, (byte)'b']), ProtocolFault.TextNotUtf8),
        ["text cut off"] = (Of(Text, [(byte)'a', 0xE2, 0x82]), ProtocolFault.TextNotUtf8),
        ["text cut off in fragments"] = ([.. Of(TextStart, [0xE2]), .. Of(Last, [0x82])], ProtocolFault.TextNotUtf8),
        ["text too big"] = (Header(Text, 1_000_001), ProtocolFault.MessageTooBig),
    };

    public static TheoryData<string> FaultNames => [.. Faults.Keys];

    [Theory]
    [InlineData("Whole")]
    [InlineData("Streamed")]
    [InlineData("Undecided")]
    [InlineData("Ahead")]
    public void A_conversation_is_read_alike_wherever_it_is_cut(string delivery) => ShouldGive(delivery, Conversation, Everything);

    [Fact]
    public void An_ignored_conversation_still_shows_its_control_frames_wherever_it_is_cut() =>
        ShouldGive("Ignored", Conversation, ControlFrames);

    [Theory]
    [MemberData(nameof(FaultNames))]
    public void A_fault_is_the_last_thing_that_is_read_wherever_it_is_cut(string name)
    {
        var (bytes, fault) = Faults[name];
        byte[] conversation = [.. Of(Text, "ok"u8), .. bytes, .. Of(Text, "no"u8), .. Of(Ping, [])];
        string[] outcome = ["Text ok", $"Fault {fault.Reason}"];
        foreach (var delivery in (string[])["Whole", "Undecided", "Ahead", "Streamed"])
        {
            // A stream has a limit of its own.
            if (delivery != "Streamed" || fault != ProtocolFault.MessageTooBig)
            {
                ShouldGive(delivery, conversation, outcome);
            }
        }
    }

    [Theory]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(127)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    public void Long_payloads_are_unmasked_alike_wherever_they_are_cut(int length)
    {
        var payload = new byte[length];
        new Random(length).NextBytes(payload);
        var bytes = Of(Binary, payload);
        int[] cuts = [.. Enumerable.Range(0, 20), 100, length / 2, bytes.Length - 2, bytes.Length - 1, bytes.Length];
        foreach (var delivery in (Delivery[])[Delivery.Whole, Delivery.Streamed, Delivery.Undecided, Delivery.Ahead])
        {
            foreach (var first in cuts)
            {
                foreach (var second in cuts.Where(cut => cut >= first))
                {
                    Payload(delivery, Segments.Pieces(bytes, first, second)).AsSpan().SequenceEqual(payload)
                        .ShouldBeTrue($"{delivery}, cut at {first} and {second}");
                }
            }
        }
    }

    private static byte[] Payload(Delivery delivery, List<ReadOnlyMemory<byte>> arrivals)
    {
        var payload = new List<byte>();
        var run = new DecoderRun(delivery) { OnPayload = payload.AddRange };
        arrivals.ForEach(arrival => run.Arrive(arrival));
        return [.. payload];
    }

    private static void ShouldGive(string delivery, byte[] conversation, string[] outcome)
    {
        var how = Enum.Parse<Delivery>(delivery);
        foreach (var cuts in WaysToCut(conversation.Length))
        {
            ShouldGive(outcome, DecoderRun.Of(how, Segments.Pieces(conversation, cuts)), how, "reads", cuts);

            var segmented = new DecoderRun(how);
            segmented.Arrive(Segments.Pieces(conversation, cuts));
            ShouldGive(outcome, segmented.Outcome, how, "segments", cuts);
        }
    }

    private static void ShouldGive(string[] expected, List<string> outcome, Delivery delivery, string cut, int[] cuts)
    {
        if (!outcome.SequenceEqual(expected))
        {
            outcome.ToArray().ShouldBe(expected, $"{delivery}, {cut} cut at {string.Join(", ", cuts)}");
        }
    }

    // At every place, at every two places, and into pieces of one size.
    private static IEnumerable<int[]> WaysToCut(int length)
    {
        for (var size = 1; size <= 15; size++)
        {
            yield return [.. Segments.Every(size, length)];
        }

        for (var first = 0; first <= length; first++)
        {
            for (var second = first; second <= length; second++)
            {
                yield return [first, second];
            }
        }
    }
}
