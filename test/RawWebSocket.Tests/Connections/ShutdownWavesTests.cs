using System.Net.WebSockets;
using RawWebSocket.Connections.Lifetime;

namespace RawWebSocket.Tests.Connections;

public sealed class ShutdownWavesTests : IDisposable
{
    private static readonly TimeSpan FiveSeconds = TimeSpan.FromSeconds(5);

    private readonly ConnectionsRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_plan_leaves_room_for_the_closing_handshakes_and_ends_before_the_hosts_time()
    {
        var options = new RawWebSocketServerOptions { ShutdownSpread = TimeSpan.FromSeconds(60) };
        var plan = ShutdownPlan.Fit(options, TimeSpan.FromSeconds(30), FiveSeconds);
        plan.Patience.ShouldBe(TimeSpan.FromSeconds(27));
        plan.Spread.ShouldBe(TimeSpan.FromSeconds(22));
        plan.Code.ShouldBe(WebSocketCloseStatus.EndpointUnavailable);

        ShutdownPlan.Fit(options, TimeSpan.FromSeconds(3), FiveSeconds).Spread.ShouldBe(TimeSpan.Zero);
        ShutdownPlan.Fit(options, Timeout.InfiniteTimeSpan, FiveSeconds).Spread.ShouldBe(TimeSpan.FromSeconds(60));
        ShutdownPlan.Fit(new RawWebSocketServerOptions(), TimeSpan.FromSeconds(30), FiveSeconds).Spread.ShouldBe(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Many_leave_wave_by_wave_and_in_an_order_drawn_by_lot()
    {
        var rigs = await OpenAsync(ShutdownWaves.FullSpreadCount);
        _rig.Open.CloseAll(new ShutdownPlan((WebSocketCloseStatus)1012, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(27)));
        NewlyClosed(rigs).Count.ShouldBe(1, "somebody is always the first");

        _rig.Time.Advance(TimeSpan.FromMilliseconds(500));
        var first = NewlyClosed(rigs);
        first.Count.ShouldBe(250);
        first.ShouldNotBe(rigs.Take(250), "the order is not that of the arrivals");
        _rig.Time.Advance(TimeSpan.FromMilliseconds(500));
        NewlyClosed(rigs).Count.ShouldBe(250);
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        NewlyClosed(rigs).Count.ShouldBe(499);
    }

    [Fact]
    public async Task A_few_take_proportionally_less()
    {
        var rigs = await OpenAsync(10);
        _rig.Open.CloseAll(new ShutdownPlan(WebSocketCloseStatus.EndpointUnavailable, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(27)));
        _rig.Time.Advance(ShutdownWaves.Beat);
        NewlyClosed(rigs).Count.ShouldBe(10);
    }

    [Fact]
    public async Task Whoever_is_still_there_when_the_hosts_time_is_nearly_over_is_aborted()
    {
        var rigs = await OpenAsync(2);
        _rig.Open.CloseAll(new ShutdownPlan(WebSocketCloseStatus.EndpointUnavailable, TimeSpan.Zero, TimeSpan.FromSeconds(3)));
        _rig.Time.Advance(TimeSpan.FromSeconds(2.9));
        rigs.ShouldAllBe(rig => !rig.Transport.IsAborted);
        _rig.Time.Advance(TimeSpan.FromSeconds(0.1));
        rigs.ShouldAllBe(rig => rig.Transport.IsAborted);
    }

    private static List<ConnectionRig> NewlyClosed(IEnumerable<ConnectionRig> rigs) =>
        [.. rigs.Where(static rig => rig.Sent().Exists(static frame => frame.StartsWith("88", StringComparison.Ordinal)))];

    private async Task<List<ConnectionRig>> OpenAsync(int count)
    {
        var rigs = new List<ConnectionRig>();
        for (var i = 0; i < count; i++)
        {
            var rig = await _rig.ConnectAsync();
            _rig.Open.Add(rig.Connection);
            rigs.Add(rig);
        }

        return rigs;
    }
}
