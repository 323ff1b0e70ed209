using System.Buffers;
using System.IO.Compression;
using RawWebSocket.Compression;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Compression;

public sealed class InflaterTests : IDisposable
{
    private static readonly byte[] Hello = "Hello"u8.ToArray();

    private readonly Random _random = new(1951);
    private readonly Inflater _inflater = new();
    private readonly History _history = new(15, memory: null);

    public void Dispose() => _inflater.Dispose();

    // RFC 7692 sections 7.2.3.1 to 7.2.3.5, as printed there, and others that mean the same.
    [Theory]
    [InlineData("F248CDC9C90700")]
    [InlineData("000500FAFF48656C6C6F00")]
    [InlineData("F348CDC9C9070000")]
    [InlineData("F248050000 00FFFF CAC9C90700")]
    [InlineData("F348CDC9C90700")]
    [InlineData("010500FAFF48656C6C6F")]
    [InlineData("010500FAFF48656C6C6F00")]
    [InlineData("010000FFFF 010000FFFF F348CDC9C90700 010000FFFF 00")]
    [InlineData("0300 0300 F348CDC9C90700 0300 00")]
    [InlineData("000000FFFF 000000FFFF F248CDC9C90700 0000FFFF 000000FFFF 00")]
    [InlineData("000500FAFF48656C6C6F 01")]
    public void Hello_is_understood_however_it_is_said_and_split(string hex)
    {
        var payload = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        for (var cut = 0; cut <= payload.Length; cut++)
        {
            Inflate(payload, [cut], room: 100).ShouldBe(Hello);
        }

        Inflate(payload, Enumerable.Range(0, payload.Length), room: 1).ShouldBe(Hello);
    }

    [Fact]
    public void The_second_hello_of_section_7_2_3_2_refers_back_to_the_first()
    {
        Inflate(Convert.FromHexString("F248CDC9C90700"), history: _history).ShouldBe(Hello);
        Inflate(Convert.FromHexString("F200110000"), history: _history).ShouldBe(Hello);
        Inflate(Convert.FromHexString("F200110000"), history: _history).ShouldBe(Hello);
    }

    [Fact]
    public void Without_takeover_the_same_refers_to_nothing()
    {
        Inflate(Convert.FromHexString("F248CDC9C90700")).ShouldBe(Hello);
        Inflate(Convert.FromHexString("F200110000")).ShouldBeNull();
    }

    [Theory]
    [InlineData("00")]
    [InlineData("")]
    [InlineData("0300")]
    [InlineData("030000")]
    public void An_empty_message_is_empty(string hex) => Inflate(Convert.FromHexString(hex)).ShouldBe([]);

    [Theory]
    [InlineData("FF")]
    [InlineData("07")]
    [InlineData("000500FFFF48656C6C6F00")]
    [InlineData("F348CDC9C9070007")]
    [InlineData("F348CDC9C90700FFFF")]
    [InlineData("F248CDC9")]
    [InlineData("F348CDC9")]
    [InlineData("F3")]
    [InlineData("000500FAFF4865")]
    [InlineData("000500")]
    [InlineData("0005FFFAFF48656C6C6F")]
    [InlineData("F200110000")]
    [InlineData("0101000000")]
    public void Garbage_and_what_was_cut_off_is_told_and_the_next_message_is_not_hurt(string hex)
    {
        var payload = Convert.FromHexString(hex);
        for (var cut = 0; cut <= payload.Length; cut++)
        {
            Inflate(payload, [cut], room: 100).ShouldBeNull();
            Inflate(payload, [cut], room: 1).ShouldBeNull();
            Inflate(Convert.FromHexString("F248CDC9C90700")).ShouldBe(Hello);
        }
    }

    // A stored block whose last four bytes happen to be those that a sender takes off: they come out, in whatever room there is.
    [Theory]
    [InlineData("000400FBFF", "0000FFFF")]
    [InlineData("000900F6FF48656C6C6F", "48656C6C6F0000FFFF")]
    [InlineData("010400FBFF", "0000FFFF")]
    public void What_was_taken_off_may_be_the_end_of_a_block_that_says_something(string hex, string message)
    {
        var payload = Convert.FromHexString(hex);
        Inflate(payload).ShouldBe(Convert.FromHexString(message));
        Inflate(payload, room: 1).ShouldBe(Convert.FromHexString(message));
        Inflate(payload, room: 4).ShouldBe(Convert.FromHexString(message));
    }

    // So long a list of code lengths is not ended by any few bytes behind it.
    // Codes that go on behind what is appended to see whether a message ends: the end of a block begins in it, or is in the middle of its
    // last byte.
    [Theory]
    [InlineData("0CC181000000008020D6FC25BE00")]
    [InlineData("04C0A10C0000000030FFDE7BEF44")]
    [InlineData("1C8B4B0A83301400AF")]
    public void A_message_that_was_cut_off_is_garbage_even_if_what_follows_would_end_its_block(string hex)
    {
        foreach (var room in (int[])[1, 2, 3, 5, 20, 21, 22, 23, 100])
        {
            Inflate(Convert.FromHexString(hex), room).ShouldBeNull($"with room for {room}");
        }
    }

    [Fact]
    public void A_message_that_was_cut_off_in_its_code_lengths_is_garbage()
    {
        using var deflater = new Deflater(new DeflateSettings(CompressionLevel.SmallestSize, 15, MemoryLevel: 8));
        using var wire = new CompressedPayload();
        deflater.Deflate(new(SampleText.Words(5000, _random)), isFinal: true, ContextAfter.Kept, wire);
        for (var length = 1; length < 40; length++)
        {
            Inflate(wire.Span[..length].ToArray()).ShouldBeNull($"cut off at {length} of {wire.Length}");
        }
    }

    [Fact]
    public void Noise_is_garbage_or_ends_and_never_hangs()
    {
        var fine = 0;
        for (var i = 0; i < 3000; i++)
        {
            var noise = new byte[_random.Next(200)];
            _random.NextBytes(noise);
            fine += Inflate(noise, room: 50) is null ? 0 : 1;
        }

        fine.ShouldBeLessThan(200);
    }

    [Theory]
    [InlineData(9, 3)]
    [InlineData(12, 300)]
    [InlineData(15, 1000)]
    [InlineData(15, 100_000)]
    public void What_a_compressor_says_with_takeover_is_understood_message_after_message(int windowBits, int length)
    {
        using var deflater = new Deflater(new DeflateSettings(CompressionLevel.Optimal, windowBits, MemoryLevel: 8));
        var history = new History(windowBits, memory: null);
        for (var i = 0; i < 40; i++)
        {
            var message = i % 2 == 0
                ? SampleText.Words(_random.Next(length), _random)
                : SampleText.Echoes(_random.Next(1, length), _random);
            using var wire = new CompressedPayload();
            deflater.Deflate(new(message), isFinal: true, ContextAfter.Kept, wire);
            var cuts = Enumerable.Range(0, 3).Select(_ => _random.Next(wire.Length + 1)).Order();
            Inflate(wire.Span.ToArray(), cuts, room: _random.Next(1, 2000), history).ShouldBe(message);
        }
    }

    [Fact]
    public void The_window_outlives_a_final_block_inside_of_a_message()
    {
        // "Hello" in a block with BFINAL, then the match of section 7.2.3.2 that repeats it; and so on.
        var payload = Convert.FromHexString("F348CDC9C90700" + "F3001100" + "F200110000");
        Inflate(payload, Enumerable.Range(0, payload.Length), room: 3).ShouldBe("HelloHelloHello"u8.ToArray());
        Inflate(payload, history: _history).ShouldBe("HelloHelloHello"u8.ToArray());
        Inflate(Convert.FromHexString("F200110000"), history: _history).ShouldBe(Hello);
    }

    [Fact]
    public void A_bomb_comes_in_pieces_of_the_size_that_was_asked_for()
    {
        using var deflater = new Deflater(new DeflateSettings(CompressionLevel.SmallestSize, 15, MemoryLevel: 9));
        using var wire = new CompressedPayload();
        deflater.Deflate(new(new byte[10_000_000]), isFinal: true, ContextAfter.Kept, wire);
        wire.Length.ShouldBeLessThan(11_000);

        var room = new byte[1000];
        _inflater.Begin(history: null);
        _inflater.Inflate(wire.Span, room, out var consumed, out var written).ShouldBe(InflateStatus.OutputFull);
        written.ShouldBe(1000);
        consumed.ShouldBeLessThan(100);
        Inflate(wire.Span.ToArray(), room: 64 * 1024)!.Length.ShouldBe(10_000_000);
    }

    // Such a block has two bytes. The whole window brought back for each would be many times what two bytes can cost otherwise.
    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(100, false)]
    [InlineData(5000, false)]
    public void Final_blocks_without_end_do_not_buy_a_whole_window_each(int blocks, bool hasWindow)
    {
        using var deflater = new Deflater(new DeflateSettings(CompressionLevel.Optimal, 15, MemoryLevel: 8));
        using var noiseOnWire = new CompressedPayload();
        using var echoOnWire = new CompressedPayload();
        var noise = new byte[20_000];
        _random.NextBytes(noise);
        deflater.Deflate(new(noise), isFinal: false, ContextAfter.Kept, noiseOnWire);
        deflater.Deflate(new(noise, 0, 200), isFinal: true, ContextAfter.Kept, echoOnWire);
        echoOnWire.Length.ShouldBeLessThan(20);

        var flood = Enumerable.Repeat<byte[]>([3, 0], blocks).SelectMany(block => block);
        byte[] payload = [.. noiseOnWire.Span, .. flood, .. echoOnWire.Span];
        Inflate(payload, room: 64 * 1024).ShouldBe(hasWindow ? [.. noise, .. noise[..200]] : null);
    }

    private byte[]? Inflate(byte[] payload, int room = 4096, History? history = null) => Inflate(payload, [], room, history);

    // The whole message, given in pieces, taken in pieces; null when it is garbage.
    private byte[]? Inflate(byte[] payload, IEnumerable<int> cuts, int room, History? history = null)
    {
        var output = new byte[room];
        var message = new ArrayBufferWriter<byte>();
        _inflater.Begin(history);
        var start = 0;
        InflateStatus status;
        foreach (var end in cuts.Append(payload.Length))
        {
            do
            {
                status = _inflater.Inflate(payload.AsSpan(start..end), output, out var consumed, out var written);
                start += consumed;
                message.Write(output.AsSpan(0, written));
            }
            while (status == InflateStatus.OutputFull);

            if (status == InflateStatus.Garbage)
            {
                return null;
            }

            start.ShouldBe(end);
        }

        do
        {
            status = _inflater.End(output, out var written);
            message.Write(output.AsSpan(0, written));
        }
        while (status == InflateStatus.OutputFull);
        return status == InflateStatus.Done ? message.WrittenSpan.ToArray() : null;
    }
}
