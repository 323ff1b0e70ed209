namespace RawWebSocket.Tests.Compression;

public class AdaptiveCompressionTests
{
    // A compressor that has forgotten does not choose quite as a new one does, by a byte or so.
    private const int Whim = 8;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Random _random = new(88);
    private readonly OutgoingRig _rig = new();

    [Fact]
    public void It_begins_without_context_and_holds_nothing()
    {
        var compression = _rig.Adaptive();
        var message = Message();
        var size = _rig.Send(compression, message);
        _rig.Send(compression, message).ShouldBeGreaterThan(size - Whim);
        _rig.Memory.Held.ShouldBe(0);
    }

    [Fact]
    public void Who_sends_small_messages_often_gets_a_context_until_it_is_silent()
    {
        var compression = _rig.Adaptive();
        var message = Message();
        var alone = _rig.Send(compression, message);
        for (var i = 0; i < 8; i++)
        {
            _rig.Send(compression, message);
        }

        _rig.Send(compression, message).ShouldBeLessThan(alone / 5);
        _rig.Memory.Held.ShouldBeGreaterThan(0);

        _rig.Time.Advance(Second);
        compression.Park();
        _rig.Memory.Held.ShouldBe(0);
        _rig.Pools.Attached.ShouldBe(0);
        _rig.Send(compression, message).ShouldBeGreaterThan(alone - Whim);
    }

    [Fact]
    public void Where_takeover_was_not_agreed_it_never_refers_back()
    {
        var compression = _rig.Adaptive(mayTakeOver: false);
        var message = Message();
        var alone = _rig.Send(compression, message);
        for (var i = 0; i < 20; i++)
        {
            _rig.Send(compression, message).ShouldBeGreaterThan(alone - Whim);
        }

        _rig.Memory.Held.ShouldBe(0);
    }

    [Fact]
    public void While_half_of_the_memory_is_taken_nobody_gets_a_context_and_who_has_one_loses_it()
    {
        var compression = _rig.Adaptive();
        var message = Message();
        var alone = _rig.Send(compression, message);
        for (var i = 0; i < 8; i++)
        {
            _rig.Send(compression, message);
        }

        _rig.Memory.Charge(6_000_000);
        compression.Park();
        _rig.Memory.Held.ShouldBe(6_000_000);
        for (var i = 0; i < 8; i++)
        {
            _rig.Send(compression, message).ShouldBeGreaterThan(alone - Whim);
        }
    }

    [Fact]
    public void What_does_not_shrink_is_soon_left_alone_and_tried_less_and_less_often()
    {
        var compression = _rig.Adaptive();
        var pauses = new List<int>();
        var pause = 0;
        for (var i = 0; i < 3000; i++)
        {
            if (!compression.IsWorthwhile())
            {
                pause++;
                continue;
            }

            if (pause > 0)
            {
                pauses.Add(pause);
                pause = 0;
            }

            var noise = new byte[200];
            _random.NextBytes(noise);
            _rig.Send(compression, noise);
        }

        pauses[..4].ShouldBe([31, 63, 127, 255]);
        pauses.Max().ShouldBeLessThanOrEqualTo(1023);
    }

    [Fact]
    public void What_shrinks_is_always_compressed_and_what_has_changed_is_found_out()
    {
        var compression = _rig.Adaptive();
        for (var i = 0; i < 100; i++)
        {
            compression.IsWorthwhile().ShouldBeTrue();
            _rig.Send(compression, Message());
        }

        var sent = 0;
        while (compression.IsWorthwhile())
        {
            var noise = new byte[600];
            _random.NextBytes(noise);
            _rig.Send(compression, noise);
            (++sent).ShouldBeLessThan(100);
        }

        while (!compression.IsWorthwhile())
        {
            (++sent).ShouldBeLessThan(200);
        }

        for (var i = 0; i < 100; i++)
        {
            _rig.Send(compression, Message());
            compression.IsWorthwhile().ShouldBeTrue();
        }
    }

    private byte[] Message() => SampleText.Words(600, _random);
}
