using RawWebSocket.Connections.Lifetime;

namespace RawWebSocket.Tests.Connections;

public class PingTrackerTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    private readonly ManualTimeProvider _time = new();
    private readonly PingTracker _pings;

    public PingTrackerTests() => _pings = new PingTracker(_time);

    [Fact]
    public async Task A_pong_with_the_pings_payload_tells_the_round_trip()
    {
        var (payload, roundTrip) = Begin();
        _time.Advance(TimeSpan.FromMilliseconds(42));
        roundTrip.IsCompleted.ShouldBeFalse();
        _pings.OnPong(payload);
        (await roundTrip).ShouldBe(TimeSpan.FromMilliseconds(42));
    }

    [Fact]
    public void Every_ping_has_a_payload_of_its_own()
    {
        var payloads = Enumerable.Range(0, 1000).Select(_ => Convert.ToHexString(Begin().Payload)).ToList();
        payloads.Distinct().Count().ShouldBe(1000);
        payloads.ShouldAllBe(payload => payload.Length == 2 * PingTracker.PayloadSize);
    }

    [Fact]
    public async Task A_pong_answers_the_pings_before_its_own_too_and_not_those_after_it()
    {
        var first = Begin();
        _time.Advance(TimeSpan.FromSeconds(1));
        var second = Begin();
        _time.Advance(TimeSpan.FromSeconds(1));
        var third = Begin();

        _pings.OnPong(second.Payload);
        (await first.RoundTrip).ShouldBe(TimeSpan.FromSeconds(2));
        (await second.RoundTrip).ShouldBe(TimeSpan.FromSeconds(1));
        third.RoundTrip.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public void A_pong_that_answers_no_ping_answers_none()
    {
        var (payload, roundTrip) = Begin();
        byte[][] others =
        [
            [], payload[..7], [.. payload, 0], new byte[8], [.. payload[..7], 2], [0xFF, .. payload[1..]], [0x7F, .. payload[1..]],
        ];
        foreach (var other in others)
        {
            _pings.OnPong(other);
        }

        roundTrip.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_second_pong_changes_nothing()
    {
        var first = Begin();
        var second = Begin();
        _pings.OnPong(first.Payload);
        _pings.OnPong(first.Payload);
        (await first.RoundTrip).ShouldNotBeNull();
        second.RoundTrip.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_ping_that_has_waited_too_long_is_given_up_and_later_ones_are_not()
    {
        var first = Begin();
        _time.Advance(TimeSpan.FromSeconds(1));
        var second = Begin();
        _time.Advance(Timeout - TimeSpan.FromSeconds(1) - TimeSpan.FromTicks(1));
        _pings.Expire(Timeout, _time.GetTimestamp());
        first.RoundTrip.IsCompleted.ShouldBeFalse();

        _time.Advance(TimeSpan.FromTicks(1));
        _pings.Expire(Timeout, _time.GetTimestamp());
        (await first.RoundTrip).ShouldBeNull();
        second.RoundTrip.IsCompleted.ShouldBeFalse();
        _pings.OnPong(first.Payload);
        _pings.OnPong(second.Payload);
        (await second.RoundTrip).ShouldNotBeNull();
    }

    [Fact]
    public async Task Stopping_gives_up_all_and_later_ones_at_once()
    {
        var waiting = Begin();
        _pings.Stop();
        (await waiting.RoundTrip).ShouldBeNull();
        var late = Begin();
        late.RoundTrip.IsCompleted.ShouldBeTrue();
        (await late.RoundTrip).ShouldBeNull();
        _pings.OnPong(late.Payload);
    }

    private (byte[] Payload, Task<TimeSpan?> RoundTrip) Begin()
    {
        var payload = new byte[PingTracker.PayloadSize];
        var roundTrip = _pings.Begin(payload, _time.GetTimestamp());
        return (payload, roundTrip);
    }
}
