using System.IO.Compression;
using System.Text;
using RawWebSocket.Compression;
using RawWebSocket.Protocol;
using RawWebSocket.Tests.Compression;
using static RawWebSocket.Tests.Wire.ClientFrame;

namespace RawWebSocket.Tests.Protocol;

/// <summary>Compressed messages (RFC 7692 section 7.2.2), with and without the client's context.</summary>
public sealed class MessageDecoderCompressedTests : IDisposable
{
    // RSV1 on the first frame of a message.
    private const byte Compressed = 0x40;

    private readonly Deflater _client = new(new(CompressionLevel.Optimal, 15, 8));
    private readonly MemoryAccount _memory = Decoders.Memory();
    private readonly ManualTimeProvider _time = new();
    private readonly ZlibPools _pools = new(maxAttached: 0);
    private readonly string _long;
    private readonly byte[] _conversation;
    private readonly string[] _everything;

    public MessageDecoderCompressedTests()
    {
        _long = Encoding.ASCII.GetString(SampleText.Words(3000, new Random(7)));
        var parts = Deflated(_long).Chunk(100).ToArray();
        _conversation =
        [
            .. Of(Text | Compressed, Deflated("Hi €")),
            .. Of(Text, "plain"u8),
            .. Of(TextStart | Compressed, parts[0]),
            .. Of(Ping, [1, 2]),
            .. parts[1..^1].SelectMany(part => Of(Middle, part)),
            .. Of(Middle, []),
            .. Of(Last, parts[^1]),
            .. Of(Binary | Compressed, [0x00]),
            .. Of(Text | Compressed, Deflated("Hi €")),
            .. Of(BinaryStart | Compressed, []),
            .. Of(Last, [0x00]),
            .. Closing(1000, "bye"u8),
        ];
        _everything =
        [
            "Text Hi €", "Text plain", "Ping 0102", $"Text of {_long.Length}", "Binary ", "Text Hi €", "Binary ", "Close 1000 bye",
        ];
    }

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData("Whole")]
    [InlineData("Streamed")]
    [InlineData("Undecided")]
    [InlineData("Ahead")]
    public void A_conversation_is_read_alike_wherever_it_is_cut(string delivery)
    {
        for (var cut = 0; cut <= _conversation.Length; cut++)
        {
            Read(delivery, _conversation[..cut], _conversation[cut..])
                .ShouldBe(_everything, ignoreOrder: false, customMessage: $"cut at {cut}");
        }

        Read(delivery, [.. _conversation.Select(value => new[] { value })])
            .ShouldBe(_everything, ignoreOrder: false, customMessage: "byte by byte");
        _memory.Held.ShouldBe(0);
    }

    [Theory]
    [InlineData("Whole")]
    [InlineData("Ahead")]
    public void A_message_is_too_big_by_what_it_inflates_to(string delivery)
    {
        Read(delivery, New(limit: 1000), Of(Text | Compressed, Deflated(new string('x', 1000)))).ShouldBe(["Text of 1000"]);
        Read(delivery, New(limit: 1000), Of(Text | Compressed, Deflated(new string('x', 1001))))
            .ShouldBe([Words(ProtocolFault.MessageTooBig)]);
        _memory.Held.ShouldBe(0);
    }

    [Fact]
    public void A_message_that_proves_too_long_may_yet_be_asked_for_as_a_stream()
    {
        var decoder = New(limit: 1000);
        var run = new DecoderRun(decoder, Delivery.Ahead) { Decision = Delivery.Streamed };
        run.Arrive([Of(Text | Compressed, Deflated(new string('x', 500_000))), Of(Text, "next"u8)]);
        run.Outcome.ShouldBe(["Text of 500000", "Text next"]);
    }

    [Fact]
    public void A_stream_comes_in_pieces_that_are_never_long_whatever_few_bytes_inflate_to()
    {
        var longest = 0;
        var most = 0L;
        var run = new DecoderRun(New(limit: 1000), Delivery.Streamed)
        {
            OnPayload = payload =>
            {
                longest = Math.Max(longest, payload.Length);
                most = Math.Max(most, _memory.Held);
            },
        };
        run.Arrive(Of(Binary | Compressed, Deflated(new string('x', 900_000))));
        run.Outcome.ShouldBe(["Binary of 900000"]);
        longest.ShouldBeLessThanOrEqualTo(64 * 1024);
        most.ShouldBeLessThan(300 * 1024);
    }

    [Theory]
    [InlineData("Whole")]
    [InlineData("Streamed")]
    public void A_bomb_is_stopped_by_its_ratio_once_it_is_large(string delivery) =>
        Read(delivery, New(limit: long.MaxValue), Of(Binary | Compressed, Deflated(new string('x', 5_000_000))))
            .ShouldBe([Words(ProtocolFault.RatioTooHigh)]);

    [Fact]
    public void The_ratio_is_judged_alike_however_the_bytes_are_cut()
    {
        var noise = new byte[3_000_000];
        new Random(5).NextBytes(noise);
        var frame = Of(Binary | Compressed, Deflated([.. new byte[2_000_000], .. noise]));
        Read("Whole", New(limit: long.MaxValue), frame).ShouldBe([Words(ProtocolFault.RatioTooHigh)]);
        Read("Whole", New(limit: long.MaxValue), [.. frame.Chunk(1000)]).ShouldBe([Words(ProtocolFault.RatioTooHigh)]);
    }

    [Fact]
    public void A_discarded_message_in_many_long_fragments_is_forgiven_them()
    {
        var inflater = new IncomingCompression(_pools, default, maxRatio: 200, _memory, _time);
        var decoder = new MessageDecoder(new(1000, MaxFragments: 10, _memory, inflater));
        var run = new DecoderRun(decoder, Delivery.Discarded);
        run.Arrive([Of(TextStart | Compressed, new byte[2000]), .. Enumerable.Repeat(Of(Middle, new byte[2000]), 30), Of(Last, [])]);
        run.Outcome.ShouldBe(["Discarded "]);
    }

    [Fact]
    public void What_inflates_to_nothing_is_limited_too()
    {
        var nothing = Enumerable.Repeat<byte[]>([0x00, 0x00, 0x00, 0xFF, 0xFF], 1000).SelectMany(block => block).ToArray();
        Read("Whole", New(limit: 1000), Of(Binary | Compressed, nothing)).ShouldBe([Words(ProtocolFault.MessageTooBig)]);
    }

    [Theory]
    [InlineData("Whole")]
    [InlineData("Streamed")]
    public void What_is_not_deflate_fails_the_connection_wherever_it_is_cut(string delivery)
    {
        var garbage = Of(Binary | Compressed, [0xFF, 0xFF, 0xFF]);
        for (var cut = 0; cut <= garbage.Length; cut++)
        {
            Read(delivery, garbage[..cut], garbage[cut..]).ShouldBe([Words(ProtocolFault.NotDeflated)]);
        }

        Read("Whole", Of(Binary | Compressed, Deflated("cut off").AsSpan(0, 4))).ShouldBe([Words(ProtocolFault.NotDeflated)]);
        _memory.Held.ShouldBe(0);
    }

    [Fact]
    public void Text_is_judged_as_it_inflates()
    {
        Read("Whole", Of(Text | Compressed, Deflated([0x61, 0xC0, 0x62]))).ShouldBe([Words(ProtocolFault.TextNotUtf8)]);
        Read("Whole", Of(Text | Compressed, Deflated([0x61, 0xE2, 0x82]))).ShouldBe([Words(ProtocolFault.TextNotUtf8)]);
    }

    [Theory]
    [InlineData(Ping | Compressed)]
    [InlineData(Text | Compressed | 0x20)]
    [InlineData(Text | 0x10)]
    public void A_reserved_bit_has_a_meaning_on_the_first_frame_of_a_message_only(byte firstByte) =>
        Read("Whole", Of(firstByte, [0x00])).ShouldBe([Words(ProtocolFault.ReservedBits)]);

    [Fact]
    public void A_continuation_may_not_say_that_it_is_compressed() =>
        Read("Whole", [.. Of(TextStart | Compressed, [0x00]), .. Of(Last | Compressed, [0x00])])
            .ShouldBe([Words(ProtocolFault.ReservedBits)]);

    [Fact]
    public void Discarding_in_the_middle_of_a_message_gives_all_back()
    {
        var decoder = New(limit: 1_000_000);
        var frame = Of(TextStart | Compressed, Deflated(_long).AsSpan(0, 200));
        new DecoderRun(decoder, Delivery.Whole).Arrive(frame);
        _memory.Held.ShouldBeGreaterThan(0);
        var run = new DecoderRun(decoder, Delivery.Discarded);
        run.Arrive([Of(Last, new byte[50]), Of(Text | Compressed, [0xFF, 0xFF]), Of(Ping, [3])]);
        run.Outcome.ShouldBe(["Discarded ", "Discarded ", "Ping 03"]);
        _memory.Held.ShouldBe(0);
    }

    [Fact]
    public void What_messages_grow_by_is_counted()
    {
        var decoder = New(limit: 1_000_000);
        var payload = Deflated(new string('x', 10_000));
        new DecoderRun(decoder, Delivery.Whole).Arrive(Of(Text | Compressed, payload));
        decoder.Surcharge.ShouldBe(10_000 - payload.Length);
    }

    private static string Words(ProtocolFault fault) => $"Fault {fault.Reason}";

    private List<string> Read(string delivery, params byte[][] arrivals) => Read(delivery, New(limit: 1_000_000), arrivals);

    private static List<string> Read(string delivery, MessageDecoder decoder, params byte[][] arrivals)
    {
        var run = new DecoderRun(decoder, Enum.Parse<Delivery>(delivery));
        foreach (var arrival in arrivals)
        {
            run.Arrive(arrival.ToArray());
        }

        decoder.Release();
        return run.Outcome;
    }

    private MessageDecoder New(long limit)
    {
        var inflater = new IncomingCompression(_pools, new DeflateAgreement(false, false, null, null), maxRatio: 200, _memory, _time);
        return new MessageDecoder(new(limit, int.MaxValue, _memory, inflater));
    }

    private byte[] Deflated(string text) => Deflated(Encoding.UTF8.GetBytes(text));

    private byte[] Deflated(byte[] payload)
    {
        using var output = new CompressedPayload();
        _client.Deflate(new(payload), isFinal: true, ContextAfter.Forgotten, output);
        return output.Span.ToArray();
    }
}
