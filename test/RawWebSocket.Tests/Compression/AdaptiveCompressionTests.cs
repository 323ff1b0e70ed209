using RawWebSocket.Compression;

namespace RawWebSocket.Tests.Compression;

public class AdaptiveCompressionTests
{
    // So many messages are judged together; four within a second are often.
    private const int Sample = 8;

    // A compressor that has forgotten does not choose quite as a new one does, by a byte or so.
    private const int Whim = 8;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Microsecond = TimeSpan.FromMicroseconds(1);

    private readonly Random _random = new(88);
    private readonly OutgoingRig _rig = new();

    [Fact]
    public void It_begins_without_context_and_holds_nothing()
    {
        var compression = _rig.Adaptive();
        var message = Message();
        var size = _rig.Offer(compression, message).ShouldNotBeNull();
        _rig.Offer(compression, message).ShouldNotBeNull().ShouldBeGreaterThan(size - Whim);
        _rig.Memory.Held.ShouldBe(0);
    }

    [Fact]
    public void Who_sends_small_messages_often_gets_a_context_once_they_have_been_measured_until_it_is_silent()
    {
        var compression = _rig.Adaptive();
        var message = Message();
        var alone = _rig.Offer(compression, message).ShouldNotBeNull();
        SendWithoutContext(compression, message, Sample - 1);
        Send(compression, message, 2);
        _rig.Offer(compression, message).ShouldNotBeNull().ShouldBeLessThan(alone / 5);
        _rig.Memory.Held.ShouldBeGreaterThan(0);

        _rig.Time.Advance(Second);
        compression.Park();
        _rig.Memory.Held.ShouldBe(0);
        _rig.Pools.Attached.ShouldBe(0);
        _rig.Offer(compression, message).ShouldNotBeNull().ShouldBeGreaterThan(alone - Whim);
    }

    [Fact]
    public void Who_sends_now_and_then_gets_no_context()
    {
        var compression = _rig.Adaptive();
        for (var i = 0; i < 30; i++)
        {
            _rig.Time.Advance(Second / 2);
            SendWithoutContext(compression, Message(), 1);
        }
    }

    [Fact]
    public void Long_messages_and_those_in_fragments_get_no_context()
    {
        var compression = _rig.Adaptive();
        var message = SampleText.Words(9000, _random);
        SendWithoutContext(compression, message, 2 * Sample);
        for (var i = 0; i < Sample; i++)
        {
            compression.IsWorthwhile(300, isWhole: false).ShouldBeTrue();
            _rig.Send(compression, Message(), 300);
            _rig.Memory.Held.ShouldBe(0);
        }
    }

    [Fact]
    public void Where_takeover_was_not_agreed_it_never_refers_back()
    {
        var compression = _rig.Adaptive(mayTakeOver: false);
        var message = Message();
        var alone = _rig.Offer(compression, message).ShouldNotBeNull();
        for (var i = 0; i < 20; i++)
        {
            _rig.Offer(compression, message).ShouldNotBeNull().ShouldBeGreaterThan(alone - Whim);
        }

        _rig.Memory.Held.ShouldBe(0);
    }

    [Fact]
    public void While_half_of_the_memory_is_taken_nobody_gets_a_context_and_who_has_one_loses_it()
    {
        var compression = _rig.Adaptive();
        var message = Message();
        var alone = _rig.Offer(compression, message).ShouldNotBeNull();
        Send(compression, message, 2 * Sample);
        _rig.Memory.Held.ShouldBeGreaterThan(0);

        _rig.Charge(6_000_000);
        compression.Park();
        _rig.Memory.Held.ShouldBe(6_000_000);
        for (var i = 0; i < 8; i++)
        {
            _rig.Offer(compression, message).ShouldNotBeNull().ShouldBeGreaterThan(alone - Whim);
        }
    }

    [Fact]
    public void What_does_not_shrink_is_soon_left_alone_and_tried_less_and_less_often()
    {
        var compression = _rig.Adaptive(mayTakeOver: false);
        var pauses = new List<int>();
        var pause = 0;
        for (var i = 0; i < 3000; i++)
        {
            if (_rig.Offer(compression, Noise()) is null)
            {
                pause++;
            }
            else if (pause > 0)
            {
                pauses.Add(pause);
                pause = 0;
            }
        }

        pauses[..4].ShouldBe([31, 63, 127, 255]);
        pauses.Max().ShouldBeLessThanOrEqualTo(1023);
    }

    [Fact]
    public void What_does_not_shrink_in_a_context_either_gives_it_back()
    {
        var compression = _rig.Adaptive();
        Offer(compression, Noise, Sample);
        _rig.Offer(compression, Noise()).ShouldNotBeNull();
        _rig.Memory.Held.ShouldBeGreaterThan(0);
        Offer(compression, Noise, Sample - 1).ShouldBe(Sample - 1);
        _rig.Memory.Held.ShouldBe(0);
        Offer(compression, Noise, 30).ShouldBe(0);
    }

    [Fact]
    public void What_only_shrinks_in_a_context_gets_one()
    {
        // Nothing in it occurs twice; but it is always the same.
        var compression = _rig.Adaptive();
        var message = Noise();
        Offer(compression, () => message, Sample).ShouldBe(Sample);
        Offer(compression, () => message, 10 * Sample).ShouldBe(10 * Sample);
        _rig.Offer(compression, message).ShouldNotBeNull().ShouldBeLessThan(20);
    }

    [Fact]
    public void What_shrinks_but_takes_longer_than_that_is_worth_is_sent_as_it_is_until_it_takes_less()
    {
        // Some 300 of 600 bytes are saved, 60 of them for the peer; a microsecond is worth one.
        var compression = _rig.Adaptive(mayTakeOver: false);
        _rig.Taking = 400 * Microsecond;
        Offer(compression, Message, Sample).ShouldBe(Sample);
        Offer(compression, Message, 31).ShouldBe(0);

        _rig.Taking = 20 * Microsecond;
        Offer(compression, Message, 100).ShouldBe(100);
    }

    [Fact]
    public void Where_a_second_is_worth_nothing_compressing_may_take_as_long_as_it_likes()
    {
        var compression = _rig.Adaptive(mayTakeOver: false, bytesPerSecond: 0);
        _rig.Taking = Second;
        Offer(compression, Message, 100).ShouldBe(100);
    }

    [Fact]
    public void A_context_that_costs_more_than_it_brings_is_given_back_and_tried_again_later()
    {
        var compression = _rig.Adaptive();
        Offer(compression, Message, Sample);
        var withContext = new List<int>();
        for (var i = 0; i < 300; i++)
        {
            _rig.Taking = _rig.Memory.Held > 0 ? 300 * Microsecond : TimeSpan.Zero;
            _rig.Offer(compression, Message()).ShouldNotBeNull();
            if (_rig.Memory.Held > 0)
            {
                withContext.Add(i);
            }
        }

        // The eighth gives it back, so it is not seen.
        withContext[..7].ShouldBe(Enumerable.Range(0, 7));
        withContext[7].ShouldBe(7 + 32);
        withContext.Count.ShouldBeLessThan(4 * Sample);
    }

    [Fact]
    public void What_shrinks_is_always_compressed_and_what_has_changed_is_found_out()
    {
        var compression = _rig.Adaptive();
        Offer(compression, Message, 100).ShouldBe(100);

        Offer(compression, Noise, 300).ShouldBeLessThan(150);
        while (_rig.Offer(compression, Noise()) is not null)
        {
            Offer(compression, Noise, 1);
        }

        // It may have to wait for the longest of the pauses that there were.
        Offer(compression, Message, 600);
        Offer(compression, Message, 100).ShouldBe(100);
    }

    private void SendWithoutContext(AdaptiveCompression compression, byte[] message, int count)
    {
        Send(compression, message, count);
        _rig.Memory.Held.ShouldBe(0);
    }

    private void Send(AdaptiveCompression compression, byte[] message, int count) =>
        Offer(compression, () => message, count).ShouldBe(count);

    // Tells how many of them were compressed.
    private int Offer(AdaptiveCompression compression, Func<byte[]> message, int count)
    {
        var compressed = 0;
        for (var i = 0; i < count; i++)
        {
            compressed += _rig.Offer(compression, message()) is null ? 0 : 1;
        }

        return compressed;
    }

    private byte[] Message() => SampleText.Words(600, _random);

    private byte[] Noise()
    {
        var noise = new byte[200];
        _random.NextBytes(noise);
        return noise;
    }
}
