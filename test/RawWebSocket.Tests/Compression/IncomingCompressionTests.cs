using System.IO.Compression;
using System.Runtime.CompilerServices;
using RawWebSocket.Compression;
using RawWebSocket.Protocol;
using RawWebSocket.Tests.Protocol;

namespace RawWebSocket.Tests.Compression;

public class IncomingCompressionTests
{
    private static readonly byte[] Hello = Convert.FromHexString("F248CDC9C90700");

    private readonly Random _random = new(99);
    private readonly MemoryAccount _memory = Decoders.Memory();
    private readonly ManualTimeProvider _time = new();
    private readonly ZlibPools _pools = new(maxAttached: 0);
    private readonly byte[] _output = new byte[100_000];

    [Fact]
    public void Between_messages_nothing_is_held_without_takeover()
    {
        var incoming = New(new DeflateAgreement(false, ClientNoContextTakeover: true, null, null));
        Read(incoming, Hello).ShouldBe("Hello"u8.ToArray());
        _memory.Held.ShouldBe(0);
    }

    [Fact]
    public void A_message_that_has_begun_is_charged_for_until_it_ends()
    {
        var incoming = New(new DeflateAgreement(false, ClientNoContextTakeover: true, null, null));
        incoming.Inflate(Hello.AsSpan(0, 3), _output, out _, out _).ShouldBe(InflateStatus.Done);
        _memory.Held.ShouldBeGreaterThan(50_000);
        incoming.Inflate(Hello.AsSpan(3), _output, out _, out _).ShouldBe(InflateStatus.Done);
        incoming.End(_output, out _).ShouldBe(InflateStatus.Done);
        _memory.Held.ShouldBe(0);
    }

    [Fact]
    public void A_decompressor_that_was_given_back_does_not_keep_its_last_connection()
    {
        var last = Use();
        GC.Collect();
        last.TryGetTarget(out _).ShouldBeFalse();

        [MethodImpl(MethodImplOptions.NoInlining)]
        WeakReference<MemoryAccount> Use()
        {
            var memory = Decoders.Memory();
            var incoming = new IncomingCompression(_pools, new DeflateAgreement(false, false, null, null), maxRatio: 1000, memory, _time);
            Read(incoming, Hello).ShouldBe("Hello"u8.ToArray());
            incoming.Stop();
            return new(memory);
        }
    }

    [Fact]
    public void With_takeover_no_more_is_held_than_was_said_and_no_more_than_the_agreed_window()
    {
        var incoming = New(new DeflateAgreement(false, false, null, ClientMaxWindowBits: 10));
        _memory.Held.ShouldBe(0);
        Read(incoming, Hello);
        _memory.Held.ShouldBe(1024);
        for (var i = 0; i < 10; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Read(incoming, Hello);
            _memory.Held.ShouldBe(1024);
        }

        incoming.Stop();
        _memory.Held.ShouldBe(0);
    }

    [Fact]
    public void Who_sends_four_messages_within_a_second_keeps_a_decompressor_until_it_is_silent_for_one()
    {
        var incoming = New(default);
        for (var i = 0; i < 10; i++)
        {
            Read(incoming, Hello).ShouldBe("Hello"u8.ToArray());
            (_memory.Held > 50_000).ShouldBe(i >= 3, $"after message {i + 1}");
            incoming.Park();
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        incoming.Park();
        _memory.Held.ShouldBe(1024);
        Read(incoming, Hello).ShouldBe("Hello"u8.ToArray());
        incoming.Stop();
        _memory.Held.ShouldBe(0);
    }

    [Fact]
    public void Without_takeover_no_decompressor_is_kept_however_much_is_sent()
    {
        var incoming = New(new DeflateAgreement(false, ClientNoContextTakeover: true, null, null));
        for (var i = 0; i < 10; i++)
        {
            Read(incoming, Hello);
            _memory.Held.ShouldBe(0);
        }
    }

    [Fact]
    public void A_message_that_was_cut_off_is_found_out_when_the_decompressor_was_kept_too()
    {
        var incoming = New(default);
        for (var i = 0; i < 5; i++)
        {
            Read(incoming, Hello);
        }

        incoming.Inflate(Hello.AsSpan(0, 4), _output, out _, out _).ShouldBe(InflateStatus.Done);
        incoming.End(_output, out _).ShouldBe(InflateStatus.Garbage);
        _memory.Held.ShouldBe(1024);
    }

    [Theory]
    [InlineData(true, 15)]
    [InlineData(false, 9)]
    [InlineData(false, 12)]
    [InlineData(false, 15)]
    public void Many_connections_borrow_the_same_decompressors_and_never_mix(bool noTakeover, int windowBits)
    {
        var agreement = new DeflateAgreement(false, noTakeover, null, (byte)windowBits);
        var context = noTakeover ? ContextAfter.Forgotten : ContextAfter.Kept;
        var peers = Enumerable.Range(0, 5)
            .Select(_ => (Deflater: new Deflater(new(CompressionLevel.Optimal, windowBits, 8)), Incoming: New(agreement)))
            .ToList();
        for (var i = 0; i < 200; i++)
        {
            var (deflater, incoming) = peers[_random.Next(peers.Count)];
            var message = SampleText.Words(_random.Next(5000), _random);
            using var wire = new CompressedPayload();
            deflater.Deflate(new(message), isFinal: true, context, wire);
            Read(incoming, wire.Span).ShouldBe(message);
            if (_random.Next(10) == 0)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                incoming.Park();
            }
        }

        foreach (var (deflater, incoming) in peers)
        {
            deflater.Dispose();
            incoming.Stop();
        }

        _memory.Held.ShouldBe(0);
    }

    [Fact]
    public void A_client_that_promised_8_bits_and_uses_9_as_old_zlibs_do_is_understood()
    {
        var incoming = New(new DeflateAgreement(false, false, null, ClientMaxWindowBits: 8));
        using var deflater = new Deflater(new(CompressionLevel.Optimal, 9, 8));
        var message = SampleText.Words(450, _random);
        for (var i = 0; i < 10; i++)
        {
            using var wire = new CompressedPayload();
            deflater.Deflate(new(message), isFinal: true, ContextAfter.Kept, wire);
            Read(incoming, wire.Span).ShouldBe(message);
        }
    }

    [Fact]
    public void After_garbage_nothing_is_held_and_the_decompressor_serves_others()
    {
        var incoming = New(default);
        incoming.Inflate([0xFF], _output, out _, out _).ShouldBe(InflateStatus.Garbage);
        _memory.Held.ShouldBe(0);
        Read(New(default), Hello).ShouldBe("Hello"u8.ToArray());
    }

    [Fact]
    public void A_message_that_is_given_up_leaves_nothing()
    {
        var incoming = New(default);
        incoming.Inflate(Hello, _output.AsSpan(0, 2), out _, out _).ShouldBe(InflateStatus.OutputFull);
        incoming.Stop();
        incoming.Stop();
        _memory.Held.ShouldBe(0);
        Read(New(default), Hello).ShouldBe("Hello"u8.ToArray());
    }

    private IncomingCompression New(DeflateAgreement agreement) => new(_pools, agreement, maxRatio: 200, _memory, _time);

    private byte[] Read(IncomingCompression incoming, ReadOnlySpan<byte> wire)
    {
        incoming.Inflate(wire, _output, out var consumed, out var written).ShouldBe(InflateStatus.Done);
        consumed.ShouldBe(wire.Length);
        incoming.End(_output.AsSpan(written), out var rest).ShouldBe(InflateStatus.Done);
        return _output[..(written + rest)];
    }
}
