using System.Net.WebSockets;
using RawWebSocket.Connections.Lifetime;

namespace RawWebSocket.Tests.Connections;

public sealed class OpenConnectionsTests : IDisposable
{
    private readonly ConnectionsRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task The_timer_beats_only_while_there_are_connections()
    {
        var (one, other) = (await _rig.ConnectAsync(), await _rig.ConnectAsync());
        _rig.Time.ActiveTimers.ShouldBe(0);
        _rig.Open.Add(one.Connection);
        _rig.Open.Add(other.Connection);
        _rig.Open.Count.ShouldBe(2);
        _rig.Time.ActiveTimers.ShouldBe(1);

        _rig.Open.Remove(one.Connection);
        _rig.Time.ActiveTimers.ShouldBe(1);
        _rig.Open.Remove(other.Connection);
        _rig.Open.Count.ShouldBe(0);
        _rig.Time.ActiveTimers.ShouldBe(0);

        _rig.Open.Add(one.Connection);
        _rig.Time.ActiveTimers.ShouldBe(1);
        _rig.Open.Dispose();
        _rig.Time.ActiveTimers.ShouldBe(0);
    }

    [Fact]
    public async Task Every_open_connection_is_looked_at_each_beat_and_a_closed_one_no_more()
    {
        var (one, other, closed) = (await _rig.ConnectAsync(), await _rig.ConnectAsync(), await _rig.ConnectAsync());
        _rig.Open.Add(one.Connection);
        _rig.Open.Add(other.Connection);
        _rig.Open.Add(closed.Connection);
        _rig.Open.Remove(closed.Connection);

        _rig.Time.Advance(TimeSpan.FromSeconds(29));
        one.Sent().ShouldBeEmpty();
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        one.Sent().ShouldBe(["89 "]);
        other.Sent().ShouldBe(["89 "]);
        closed.Sent().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(10_000, 10_000)] // a beat of a second
    [InlineData(1500, 1500)] // 375 ms
    [InlineData(1000, 1000)] // 250 ms
    [InlineData(10, 20)] // never faster than 20 ms
    public async Task The_beat_is_quick_enough_for_the_shortest_limit(int limit, int pingedAfter)
    {
        var options = new RawWebSocketOptions { KeepAliveInterval = TimeSpan.FromMilliseconds(limit) };
        _rig.Open.Serve(options);
        _rig.Open.Serve(new RawWebSocketOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan });
        var rig = await _rig.ConnectAsync(options: options);
        _rig.Open.Add(rig.Connection);

        _rig.Time.Advance(TimeSpan.FromMilliseconds(pingedAfter - 1));
        rig.Sent().ShouldBeEmpty();
        _rig.Time.Advance(TimeSpan.FromMilliseconds(1));
        rig.Sent().ShouldBe(["89 "]);
    }

    [Theory]
    [InlineData(nameof(RawWebSocketOptions.IdleTimeout))]
    [InlineData(nameof(RawWebSocketOptions.MaxLifetime))]
    public async Task The_end_of_a_connections_time_quickens_the_beat_too(string limit)
    {
        var options = new RawWebSocketOptions { LifetimeJitter = 0 };
        typeof(RawWebSocketOptions).GetProperty(limit)!.SetValue(options, TimeSpan.FromMilliseconds(400));
        _rig.Open.Serve(options);
        var rig = await _rig.ConnectAsync(options: options);
        _rig.Open.Add(rig.Connection);

        _rig.Time.Advance(TimeSpan.FromMilliseconds(399));
        rig.Sent().ShouldBeEmpty();
        _rig.Time.Advance(TimeSpan.FromMilliseconds(1));
        (await rig.NextFrame()).ShouldStartWith("88 1008 ");
    }

    [Fact]
    public async Task A_limit_is_kept_to_within_a_quarter()
    {
        var options = new RawWebSocketOptions
        {
            KeepAliveInterval = TimeSpan.FromMilliseconds(1000),
            KeepAliveTimeout = TimeSpan.FromMilliseconds(800),
        };
        _rig.Open.Serve(options);
        var rig = await _rig.ConnectAsync(options: options);
        _rig.Open.Add(rig.Connection);

        _rig.Time.Advance(TimeSpan.FromMilliseconds(1000));
        rig.Sent().ShouldBe(["89 "]);
        _rig.Time.Advance(TimeSpan.FromMilliseconds(799));
        rig.Transport.IsAborted.ShouldBeFalse();
        _rig.Time.Advance(TimeSpan.FromMilliseconds(1));
        rig.Transport.IsAborted.ShouldBeTrue();
    }

    [Fact]
    public async Task Closing_all_starts_the_closing_handshake_with_everyone()
    {
        var (one, other) = (await _rig.ConnectAsync(), await _rig.ConnectAsync());
        _rig.Open.Add(one.Connection);
        _rig.Open.Add(other.Connection);
        _rig.Open.CloseAll(new ShutdownPlan(WebSocketCloseStatus.EndpointUnavailable, TimeSpan.Zero, TimeSpan.FromSeconds(30)));
        (await one.NextFrame()).ShouldBe("88 1001 The server is shutting down.");
        (await other.NextFrame()).ShouldBe("88 1001 The server is shutting down.");

        var late = await _rig.ConnectAsync();
        _rig.Open.Add(late.Connection);
        (await late.NextFrame()).ShouldBe("88 1001 The server is shutting down.");
    }
}
