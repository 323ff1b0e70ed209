using RawWebSocket.Connections.Lifetime;

namespace RawWebSocket.Tests.Connections;

public class ExpiryTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ManualTimeProvider _time = new();
    private readonly RawWebSocketOptions _options = new()
    {
        IdleTimeout = 10 * Minute,
        MaxLifetime = 60 * Minute,
        LifetimeJitter = 0,
    };

    private DateTimeOffset? _authenticatedUntil;

    [Fact]
    public void Without_a_message_the_idle_time_runs_out()
    {
        var expiry = NewExpiry();
        After(10 * Minute - TimeSpan.FromTicks(1), ref expiry).ShouldBeNull();
        After(TimeSpan.FromTicks(1), ref expiry).ShouldBe(WebSocketLimit.IdleTime);
    }

    [Fact]
    public void Each_message_makes_it_begin_anew()
    {
        var expiry = NewExpiry();
        After(9 * Minute, ref expiry, messages: 1).ShouldBeNull();
        After(9 * Minute, ref expiry, messages: 1).ShouldBeNull();
        After(Minute, ref expiry, messages: 1).ShouldBe(WebSocketLimit.IdleTime);
    }

    [Fact]
    public void Life_ends_however_many_messages_there_are()
    {
        var expiry = NewExpiry();
        for (var minute = 1; minute < 60; minute++)
        {
            After(Minute, ref expiry, minute).ShouldBeNull();
        }

        After(Minute, ref expiry, 60).ShouldBe(WebSocketLimit.Lifetime);
    }

    [Fact]
    public void Lives_that_began_together_end_apart_within_the_jitter()
    {
        _options.IdleTimeout = Timeout.InfiniteTimeSpan;
        _options.LifetimeJitter = 0.5;
        var expiries = Enumerable.Range(0, 1000).Select(_ => NewExpiry()).ToArray();
        var ended = new int[61];
        for (var minute = 1; minute <= 60; minute++)
        {
            _time.Advance(Minute);
            ended[minute] = expiries.Count(expiry => Judge(ref expiry, 0) is not null);
        }

        ended[30].ShouldBe(0);
        ended[45].ShouldBeInRange(300, 700); // 500 and 12 standard deviations
        ended[60].ShouldBe(1000);
    }

    [Fact]
    public void A_ticket_ends_at_its_time_and_comes_before_the_rest()
    {
        _authenticatedUntil = ManualTimeProvider.Start + (10 * Minute);
        var expiry = NewExpiry();
        After(9 * Minute, ref expiry).ShouldBeNull();
        After(Minute, ref expiry).ShouldBe(WebSocketLimit.Authentication);
    }

    [Fact]
    public void Without_limits_it_goes_on_for_ever()
    {
        _options.IdleTimeout = _options.MaxLifetime = Timeout.InfiniteTimeSpan;
        var expiry = NewExpiry();
        After(TimeSpan.FromDays(1000), ref expiry).ShouldBeNull();
    }

    private Expiry NewExpiry() => new(_options, _time.GetTimestamp(), _time.GetTimestamp());

    private WebSocketLimit? After(TimeSpan time, ref Expiry expiry, long messages = 0)
    {
        _time.Advance(time);
        return Judge(ref expiry, messages);
    }

    private WebSocketLimit? Judge(ref Expiry expiry, long messages) =>
        expiry.Judge(_options, _authenticatedUntil, _time, _time.GetTimestamp(), messages, isReceiving: false);
}
