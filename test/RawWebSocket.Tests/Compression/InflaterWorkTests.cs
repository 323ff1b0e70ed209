using System.IO.Compression;
using RawWebSocket.Compression;
using RawWebSocket.Protocol;
using RawWebSocket.Tests.Protocol;
using static RawWebSocket.Tests.Wire.ClientFrame;

namespace RawWebSocket.Tests.Compression;

/// <summary>Work that brings no bytes has its price all the same: a block costs as much as 2 KiB that come out.</summary>
public sealed class InflaterWorkTests : IDisposable
{
    private const int Block = 2048;
    private const byte Compressed = 0x40;

    private readonly Inflater _inflater = new();
    private readonly byte[] _output = new byte[100_000];
    private readonly MemoryAccount _memory = Decoders.Memory();
    private readonly ManualTimeProvider _time = new();
    private readonly ZlibPools _pools = new(maxAttached: 0);

    public void Dispose() => _inflater.Dispose();

    [Theory]
    [InlineData("final and empty")]
    [InlineData("empty")]
    [InlineData("stored and empty")]
    [InlineData("with tables for nothing")]
    [InlineData("final, with tables for nothing")]
    public void Blocks_that_hold_nothing_cost_as_much_as_any(string kind)
    {
        const int Blocks = 10_000;
        foreach (var cut in (int[])[50, 4096, int.MaxValue])
        {
            var bytes = CostlyBlocks.Of(kind, Blocks);
            _inflater.Begin(history: null);
            foreach (var part in bytes.Chunk(Math.Min(cut, bytes.Length)))
            {
                _inflater.Inflate(part, _output, out var consumed, out var written).ShouldBe(InflateStatus.Done);
                (consumed, written).ShouldBe((part.Length, 0));
            }

            // The first few bytes of a message are free. A block of ten bits, of which only the last byte was left, counts with the next.
            const int Free = 64;
            var cuts = kind == "empty" ? bytes.Length / Math.Min(cut, bytes.Length) : 0;
            (_inflater.TakeWork() + bytes.Length).ShouldBeGreaterThan((Blocks - cuts - Free) * (long)Block);
            _inflater.TakeWork().ShouldBe(0);
        }
    }

    [Theory]
    [InlineData("stored and empty", 40)]
    [InlineData("with tables for nothing", 92)]
    public void A_block_that_ends_with_what_has_come_costs_as_much_as_any(string kind, int bits)
    {
        const int Blocks = 1000;
        const int Free = 64;
        var bytes = CostlyBlocks.Of(kind, Blocks);
        bytes.Length.ShouldBe(Blocks * bits / 8);
        _inflater.Begin(history: null);
        for (var (block, start) = (1, 0); block <= Blocks; block++)
        {
            // To the byte in which the block ends.
            var end = ((block * bits) + 7) / 8;
            _inflater.Inflate(bytes.AsSpan(start..end), _output, out var consumed, out _).ShouldBe(InflateStatus.Done);
            consumed.ShouldBe(end - start);
            start = end;
        }

        (_inflater.TakeWork() + bytes.Length).ShouldBeGreaterThan((Blocks - Free) * (long)Block);
    }

    [Fact]
    public void What_senders_send_costs_no_more_than_its_bytes()
    {
        using var client = new Deflater(new(CompressionLevel.Optimal, 15, 8));
        var random = new Random(6);
        foreach (var words in (int[])[1, 3, 20, 300, 5000, 20_000])
        {
            var message = SampleText.Words(words, random);
            using var wire = new CompressedPayload();
            client.Deflate(new(message), isFinal: true, ContextAfter.Forgotten, wire);
            var output = new byte[message.Length + 1];
            _inflater.Begin(history: null);
            _inflater.Inflate(wire.Span, output, out _, out var written).ShouldBe(InflateStatus.Done);
            _inflater.End(output.AsSpan(written), out _).ShouldBe(InflateStatus.Done);
            output[..message.Length].ShouldBe(message);
            _inflater.TakeWork().ShouldBe(0, $"{words} words");
        }
    }

    [Fact]
    public void A_message_is_read_on_only_when_what_it_has_cost_is_known()
    {
        const long Most = 256 * 1024;
        var decoder = New(limit: 1_000_000);
        decoder.Delivery = Delivery.Whole;
        byte[] payload = [.. CostlyBlocks.Of("final and empty", 250_000), 0x00];
        var input = Wire.Segments.Of([Of(Binary | Compressed, payload)]);
        var incoming = decoder.Read(ref input);
        var reads = 1;
        while (incoming.IsNothing)
        {
            decoder.HasLeftOff.ShouldBeTrue();
            input.IsEmpty.ShouldBeFalse();
            decoder.HasWorkedEnough(decoder.Work - Most).ShouldBeTrue();
            incoming = decoder.Read(ref input);
            reads++;
        }

        decoder.HasLeftOff.ShouldBeFalse();
        incoming.Kind.ShouldBe(IncomingKind.Message);
        incoming.Payload.Length.ShouldBe(0);
        reads.ShouldBeGreaterThan(payload.Length / (17 * 1024));
        decoder.Work.ShouldBeGreaterThan(250_000L * (Block - 10));
    }

    private MessageDecoder New(long limit) => new(new(
        limit,
        int.MaxValue,
        _memory,
        new IncomingCompression(_pools, new DeflateAgreement(false, false, null, null), maxRatio: 200, _memory, _time)));
}
