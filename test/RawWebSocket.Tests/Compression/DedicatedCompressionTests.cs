using System.Buffers;
using RawWebSocket.Compression;
using RawWebSocket.Tests.Wire;

namespace RawWebSocket.Tests.Compression;

public class DedicatedCompressionTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Random _random = new(77);
    private readonly OutgoingRig _rig = new();
    private readonly byte[] _message;

    public DedicatedCompressionTests() => _message = SampleText.Words(600, _random);

    [Fact]
    public void Who_sends_now_and_then_refers_back_and_keeps_no_compressor()
    {
        var compression = _rig.Dedicated();
        var first = _rig.Send(compression, _message);
        for (var i = 0; i < 10; i++)
        {
            _rig.Time.Advance(Second);
            compression.Park();
            _rig.Send(compression, _message).ShouldBeLessThan(first / 5);
            _rig.Pools.Attached.ShouldBe(0);
            _rig.Memory.Held.ShouldBeLessThanOrEqualTo(4096);
        }

        compression.Release();
        _rig.Memory.Held.ShouldBe(0);
    }

    [Fact]
    public void Who_sends_four_messages_within_a_second_keeps_a_compressor_until_it_is_silent_for_one()
    {
        var compression = _rig.Dedicated();
        for (var i = 0; i < 3; i++)
        {
            _rig.Send(compression, _message);
        }

        _rig.Pools.Attached.ShouldBe(0);
        _rig.Send(compression, _message);
        _rig.Pools.Attached.ShouldBe(1);
        _rig.Memory.Held.ShouldBeGreaterThan(200 * 1024);

        _rig.Time.Advance(Second / 2);
        compression.Park();
        _rig.Pools.Attached.ShouldBe(1);

        _rig.Time.Advance(Second / 2);
        compression.Park();
        _rig.Pools.Attached.ShouldBe(0);
        _rig.Memory.Held.ShouldBeLessThanOrEqualTo(4096);
        _rig.Send(compression, _message).ShouldBeLessThan(40);
        compression.Release();
        _rig.Memory.Held.ShouldBe(0);
    }

    [Fact]
    public void No_more_compressors_are_kept_than_there_may_be()
    {
        var one = _rig.Dedicated();
        for (var i = 0; i < 4; i++)
        {
            _rig.Send(one, _message);
        }

        var rig = new OutgoingRig(maxAttached: 0);
        var other = rig.Dedicated();
        for (var i = 0; i < 10; i++)
        {
            rig.Send(other, _message);
            rig.Pools.Attached.ShouldBe(0);
        }

        one.Release();
        _rig.Pools.Attached.ShouldBe(0);
    }

    [Fact]
    public void Where_memory_has_run_out_no_compressor_is_kept()
    {
        var compression = _rig.Dedicated();
        for (var i = 0; i < 4; i++)
        {
            _rig.Send(compression, _message);
        }

        _rig.Pools.Attached.ShouldBe(1);
        _rig.Charge(20_000_000);
        compression.Park();
        _rig.Pools.Attached.ShouldBe(0);
        _rig.Send(compression, _message);
        _rig.Pools.Attached.ShouldBe(0);
    }

    [Fact]
    public void After_forgetting_it_refers_to_nothing_that_came_before()
    {
        var compression = _rig.Dedicated();
        _rig.Send(compression, _message);
        for (var i = 0; i < 10; i++)
        {
            compression.Forget();
            using var alone = compression.Compress(new(_message), isFinal: true);
            new StrictInflate(15).Message(alone.Span).ShouldBe(_message);
        }
    }

    [Fact]
    public void A_payload_that_is_gone_leaves_nothing_of_itself_behind()
    {
        var compression = _rig.Dedicated();
        for (var i = 0; i < 5; i++)
        {
            _rig.Send(compression, _message);
        }

        _rig.Pools.Attached.ShouldBe(1);
        var payload = Segments.Of([_message, new GoneMemory().Memory]);
        Should.Throw<ObjectDisposedException>(() => compression.Compress(payload, isFinal: true));
        _rig.Send(compression, _message);
        compression.Release();
        _rig.Memory.Held.ShouldBe(0);
        _rig.Pools.Attached.ShouldBe(0);
    }

    [Fact]
    public void Once_released_it_holds_nothing_even_if_it_is_asked_again()
    {
        var compression = _rig.Dedicated();
        compression.Release();
        for (var i = 0; i < 5; i++)
        {
            using var output = compression.Compress(new(_message), isFinal: true);
            output.Length.ShouldBeGreaterThan(0);
        }

        _rig.Pools.Attached.ShouldBe(0);
        compression.Release();
        _rig.Memory.Held.ShouldBe(0);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(15)]
    public void Whatever_happens_the_peer_can_read_on_with_exactly_its_window(int windowBits)
    {
        var rig = new OutgoingRig(windowBits);
        OutgoingCompression[] both = [rig.Dedicated(), rig.Adaptive()];
        foreach (var compression in both)
        {
            for (var i = 0; i < 300; i++)
            {
                Happen(rig, compression, windowBits);
            }

            compression.Release();
            rig.Memory.Held.ShouldBe(0);
            rig.Memory.Budget.Held.ShouldBe(0);
            rig.Pools.Attached.ShouldBe(0);
        }
    }

    private void Happen(OutgoingRig rig, OutgoingCompression compression, int windowBits)
    {
        switch (_random.Next(12))
        {
            case 0:
                compression.Forget();
                break;
            case 1:
                rig.Time.Advance(_random.NextDouble() * 2 * Second);
                compression.Park();
                break;
            case 2:
                rig.Pools.Trim();
                break;
            case 3:
                rig.Send(compression, SampleText.Echoes(_random.Next(1, 2 << windowBits), _random));
                break;
            case 4:
                rig.Send(new SharedCompression(rig.Pools, rig.Settings), SampleText.Words(_random.Next(3000), _random));
                compression.Forget();
                break;
            case 5:
                var message = SampleText.Words(_random.Next(3000), _random);
                rig.Send(compression, message, Enumerable.Range(0, 3).Select(_ => _random.Next(message.Length)).Order());
                break;
            default:
                rig.Send(compression, SampleText.Words(_random.Next(1500), _random));
                break;
        }
    }

    // Memory whose owner has disposed of it.
    private sealed class GoneMemory : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(100);

        public override Span<byte> GetSpan() => throw new ObjectDisposedException(nameof(GoneMemory));

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin() => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
        }
    }
}
