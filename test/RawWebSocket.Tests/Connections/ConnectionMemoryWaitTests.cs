using System.Net.WebSockets;
using static RawWebSocket.Tests.Wire.ClientFrame;

namespace RawWebSocket.Tests.Connections;

/// <summary>
/// A connection whose peer has sent much while others hold more than the memory budget: it waits, and whatever ends it need not wait.
/// </summary>
public sealed class ConnectionMemoryWaitTests : IDisposable
{
    private const int Limit = 100_000;
    private const int HeldByOthers = 150_000;
    private const int Length = 50_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ConnectionsRig _rig = new(Limit);
    private readonly RawWebSocketOptions _options = new();
    private readonly List<int> _received = [];

    public ConnectionMemoryWaitTests() => _rig.Memory.Charge(HeldByOthers);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task However_long_it_takes_it_is_not_the_peers_time_and_then_the_message_is_answered()
    {
        var (rig, running) = await WaitForMemoryAsync();
        for (var time = TimeSpan.Zero; time < 10 * (_options.KeepAliveInterval + _options.MessageTimeout); time += Second)
        {
            _rig.Time.Advance(Second);
        }

        rig.Connection.Closed.IsCancellationRequested.ShouldBeFalse();
        rig.Sent().ShouldBeEmpty();
        _received.ShouldBeEmpty();

        _rig.Memory.Release(HeldByOthers);
        (await rig.NextFrame()).ShouldBe($"81 {Length}");
        await rig.PeerSends(Closing(1000, []));
        await running.WaitAsync(Patience);
        _rig.Memory.Held.ShouldBe(0);
    }

    [Fact]
    public async Task An_abort_ends_the_wait_at_once()
    {
        var (rig, running) = await WaitForMemoryAsync();
        rig.Connection.Abort();
        await running.WaitAsync(Patience);
        ShouldHaveBeenLost(await rig.Connection.Completion);
        ShouldHoldNothing(rig);
    }

    [Fact]
    public async Task Who_closes_waits_no_more_because_what_comes_is_discarded()
    {
        var (rig, running) = await WaitForMemoryAsync();
        var closing = rig.Connection.CloseAsync();
        (await rig.NextFrame()).ShouldStartWith("88 1000");
        await rig.PeerSends(Closing(1000, []));
        await running.WaitAsync(Patience);
        await closing;
        var closure = await rig.Connection.Completion;
        closure.Code.ShouldBe(WebSocketCloseStatus.NormalClosure);
        closure.By.ShouldBe(ClosedBy.Server);
        ShouldHoldNothing(rig);
    }

    [Fact]
    public async Task A_peer_that_goes_away_meanwhile_has_gone_when_closing_has_taken_too_long()
    {
        var (rig, running) = await WaitForMemoryAsync();
        rig.Transport.Lose();
        await Until(running);
        ShouldHaveBeenLost(await rig.Connection.Completion);
        ShouldHoldNothing(rig);
    }

    [Fact]
    public async Task What_a_peer_sent_that_goes_away_meanwhile_is_still_delivered_if_there_is_memory_in_time()
    {
        var (rig, running) = await WaitForMemoryAsync();
        rig.Transport.Lose();
        _rig.Memory.Release(HeldByOthers);
        await running.WaitAsync(Patience);
        ShouldHaveBeenLost(await rig.Connection.Completion);
        _received.ShouldBe([Length]);
        _rig.Memory.Held.ShouldBe(0);
    }

    // With inline pipes the loop has come to its wait when this returns.
    private async Task<(ConnectionRig Rig, Task Running)> WaitForMemoryAsync()
    {
        var rig = await _rig.ConnectAsync(options: _options, memory: new MemoryTransport(MemoryTransport.Inline));
        var running = rig.RunHere(async connection =>
        {
            while (await connection.ReceiveAsync() is { } message)
            {
                _received.Add(message.Text.Length);
                await connection.SendTextAsync($"{message.Text.Length}");
            }
        });
        await rig.PeerSends(Of(Text, [.. Enumerable.Repeat((byte)'x', Length)]));
        _received.ShouldBeEmpty();
        rig.Connection.HeldBytes.ShouldBe(0);
        return (rig, running);
    }

    private async Task Until(Task happened)
    {
        var begun = Environment.TickCount64;
        while (!happened.IsCompleted)
        {
            (Environment.TickCount64 - begun).ShouldBeLessThan((long)Patience.TotalMilliseconds, "It does not happen.");
            _rig.Time.Advance(Second);
            await Task.WhenAny(happened, Task.Delay(1));
        }

        await happened;
    }

    private static void ShouldHaveBeenLost(WebSocketClosure closure)
    {
        closure.Code.ShouldBe(WebSocketClosure.Abnormal);
        closure.By.ShouldBe(ClosedBy.Transport);
    }

    private void ShouldHoldNothing(ConnectionRig rig)
    {
        _received.ShouldBeEmpty();
        rig.Connection.HeldBytes.ShouldBe(0);
        _rig.Memory.Held.ShouldBe(HeldByOthers);
        _rig.Open.Count.ShouldBe(0);
    }
}
