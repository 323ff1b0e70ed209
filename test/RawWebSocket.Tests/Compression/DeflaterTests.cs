using System.Buffers;
using System.IO.Compression;
using RawWebSocket.Compression;
using RawWebSocket.Tests.Wire;

namespace RawWebSocket.Tests.Compression;

public class DeflaterTests
{
    private readonly Random _random = new(7692);

    public static TheoryData<CompressionLevel, int> EveryLevelAndWindow
    {
        get
        {
            var data = new TheoryData<CompressionLevel, int>();
            foreach (var level in Enum.GetValues<CompressionLevel>())
            {
                for (var bits = DeflateSettings.MinWindowBits; bits <= DeflateSettings.MaxWindowBits; bits++)
                {
                    data.Add(level, bits);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(EveryLevelAndWindow))]
    public void Nothing_refers_back_beyond_the_window(CompressionLevel level, int windowBits)
    {
        using var deflater = new Deflater(new DeflateSettings(level, windowBits, MemoryLevel: 8));
        var inflate = new StrictInflate(windowBits);
        byte[][] messages =
        [
            SampleText.Echoes(2 << windowBits, _random),
            SampleText.Words(20_000, _random),
            .. Enumerable.Range(0, 50).Select(_ => SampleText.Echoes(_random.Next(1, 1000), _random)),
            new byte[100_000],
            SampleText.Echoes(1 << windowBits, _random),
        ];
        foreach (var message in messages)
        {
            inflate.Message(Deflate(deflater, message)).AsSpan().SequenceEqual(message).ShouldBeTrue();
        }

        // Otherwise these messages would prove nothing.
        inflate.LongestDistance.ShouldBeGreaterThanOrEqualTo(level == CompressionLevel.NoCompression ? 0 : 1 << (windowBits - 2));
    }

    [Theory]
    [MemberData(nameof(EveryLevelAndWindow))]
    public void What_was_forgotten_is_not_referred_to(CompressionLevel level, int windowBits)
    {
        using var deflater = new Deflater(new DeflateSettings(level, windowBits, MemoryLevel: 8));
        var message = SampleText.Words(3000, _random);
        Deflate(deflater, message, ContextAfter.Forgotten);
        for (var i = 0; i < 20; i++)
        {
            new StrictInflate(windowBits).Message(Deflate(deflater, SampleText.Words(5000 * i, _random), ContextAfter.Forgotten));
            new StrictInflate(windowBits).Message(Deflate(deflater, message, ContextAfter.Forgotten)).ShouldBe(message);
        }
    }

    [Fact]
    public void The_example_of_section_7_2_3_1_comes_out_as_printed()
    {
        using var deflater = New();
        Deflate(deflater, "Hello"u8.ToArray()).ShouldBe(Convert.FromHexString("F248CDC9C90700"));
    }

    [Fact]
    public void The_example_of_section_7_2_3_2_refers_back_to_the_first_message()
    {
        using var deflater = New();
        Deflate(deflater, "Hello"u8.ToArray());
        Deflate(deflater, "Hello"u8.ToArray()).Length.ShouldBeLessThan(7);
    }

    [Theory]
    [InlineData(ContextAfter.Kept)]
    [InlineData(ContextAfter.Forgotten)]
    internal void An_empty_message_is_one_byte_wherever_it_comes(ContextAfter context)
    {
        using var deflater = New();
        for (var i = 0; i < 3; i++)
        {
            Deflate(deflater, [], context).ShouldBe([0]);
            Deflate(deflater, [], context).ShouldBe([0]);
            Deflate(deflater, "Hello"u8.ToArray(), context).Length.ShouldBeGreaterThan(1);
        }
    }

    [Fact]
    public void An_empty_fragment_that_is_not_the_last_is_empty_or_a_flush()
    {
        using var deflater = New();
        byte[] wire = [.. Fragment(deflater, "Hel"), .. Fragment(deflater, ""), .. Fragment(deflater, "lo"), .. Deflate(deflater, [])];
        new StrictInflate(15).Message(wire).ShouldBe("Hello"u8.ToArray());
    }

    [Theory]
    [InlineData(ContextAfter.Kept)]
    [InlineData(ContextAfter.Forgotten)]
    internal void Fragments_make_one_message(ContextAfter context)
    {
        using var deflater = New();
        var inflate = new StrictInflate(15);
        for (var i = 0; i < 30; i++)
        {
            var message = SampleText.Words(_random.Next(2000), _random);
            var cut = _random.Next(message.Length + 1);
            using var first = new CompressedPayload();
            deflater.Deflate(new ReadOnlySequence<byte>(message, 0, cut), isFinal: false, context, first);
            byte[] wire = [.. first.Span, .. Deflate(deflater, message[cut..], context)];
            inflate.Message(wire).ShouldBe(message);
        }
    }

    [Fact]
    public void A_payload_of_several_segments_is_compressed_as_one()
    {
        var message = SampleText.Words(5000, _random);
        using var whole = New();
        using var cut = New();
        using var output = new CompressedPayload();
        cut.Deflate(Segments.Cut(message, 0, 1, 1000, 1000, 4999), isFinal: true, ContextAfter.Kept, output);
        output.Span.ToArray().ShouldBe(Deflate(whole, message));
    }

    [Fact]
    public void Whatever_room_there_is_for_it_the_outcome_can_be_read()
    {
        for (var length = 0; length < 1200; length++)
        {
            using var deflater = New();
            var noise = new byte[length];
            _random.NextBytes(noise);
            new StrictInflate(15).Message(Deflate(deflater, noise)).ShouldBe(noise);
        }
    }

    [Fact]
    public void What_was_learned_is_referred_to_like_what_was_sent()
    {
        var known = SampleText.Words(4000, _random);
        var message = known[1000..2000];
        using var deflater = New();
        using var scratch = new CompressedPayload();
        var history = new History(13, memory: null);
        history.Append(SampleText.Words(6000, _random));
        history.Append(known);
        deflater.Learn(history, scratch);
        scratch.Length.ShouldBe(0);
        var wire = Deflate(deflater, message);
        wire.Length.ShouldBeLessThan(40);

        using var sender = New();
        var inflate = new StrictInflate(15);
        inflate.Message(Deflate(sender, known));
        inflate.Message(wire).ShouldBe(message);

        deflater.Forget(scratch);
        new StrictInflate(15).Message(Deflate(deflater, message)).ShouldBe(message);
    }

    [Fact]
    public void A_window_of_8_bits_cannot_be_made() =>
        Should.Throw<InvalidOperationException>(() => new Deflater(new DeflateSettings(CompressionLevel.Optimal, 8, 8)));

    private static Deflater New() => new(new DeflateSettings(CompressionLevel.Optimal, WindowBits: 15, MemoryLevel: 8));

    private static byte[] Fragment(Deflater deflater, string text)
    {
        using var output = new CompressedPayload();
        deflater.Deflate(new(System.Text.Encoding.ASCII.GetBytes(text)), isFinal: false, ContextAfter.Kept, output);
        return output.Span.ToArray();
    }

    private static byte[] Deflate(Deflater deflater, byte[] message, ContextAfter context = ContextAfter.Kept)
    {
        using var output = new CompressedPayload();
        deflater.Deflate(new ReadOnlySequence<byte>(message), isFinal: true, context, output);
        return output.Span.ToArray();
    }
}
