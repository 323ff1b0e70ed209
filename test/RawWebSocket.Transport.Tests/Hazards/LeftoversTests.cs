using Microsoft.Extensions.DependencyInjection;
using RawWebSocket.Tests;
using RawWebSocket.Transport.Connections;

namespace RawWebSocket.Transport.Tests.Hazards;

/// <summary>Connections that are over, but for what the peer has not taken yet.</summary>
public sealed class LeftoversTests
{
    private const int Much = 30_000_000;
    private readonly ManualTimeProvider _time = new();
    private readonly TaskCompletionSource<EpollConnection> _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Theory]
    [OurTransport]
    public async Task A_peer_that_takes_nothing_for_a_while_is_reset(TransportKind kind)
    {
        await using var server = await StartAsync(kind);
        using var client = await ConnectAsync(server);
        await IsWatchedAsync();
        var start = _time.GetTimestamp();

        await Waiting.UntilAsync(
            () =>
            {
                _time.Advance(Leftovers.Period);
                return server.Log.Entries.Any(entry =>
                    entry.IsOurs && entry.EventId == 6 && entry.Message.Contains("The peer has taken nothing of what was left to be sent for 30 s"));
            },
            "the connection is held without limit");

        _time.GetElapsedTime(start).ShouldBeGreaterThanOrEqualTo(Leftovers.Limit);
        await client.ShouldBeResetAsync();
        await Waiting.UntilAsync(() => _time.ActiveTimers == 0, "the timer runs on");
    }

    [Theory]
    [OurTransport]
    public async Task A_peer_that_takes_some_now_and_then_gets_everything(TransportKind kind)
    {
        await using var server = await StartAsync(kind);
        using var client = await ConnectAsync(server);
        await IsWatchedAsync();
        var connection = await _finished.Task;
        var count = 0;
        for (var i = 0; i < 5; i++)
        {
            var before = connection.UntakenBytes;
            while (connection.UntakenBytes >= before)
            {
                count += await client.Socket.ReceiveAsync(new byte[100_000].AsMemory()).Within();
            }

            _time.Advance(0.6 * Leftovers.Limit);
        }

        count += (await client.ReadToEndAsync()).Length;
        count.ShouldBe(Much);
        await Waiting.UntilAsync(() => _time.ActiveTimers == 0, "the timer runs on");
    }

    private Task<Server> StartAsync(TransportKind kind) => Server.StartRawAsync(
        kind,
        async connection =>
        {
            var flush = connection.Transport.Output.WriteAsync(new byte[Much]);
            connection.Transport.Output.CancelPendingFlush();
            await flush;
            _finished.SetResult((EpollConnection)connection);
        },
        host: builder => builder.Services.AddSingleton<TimeProvider>(_time));

    private static Task<RawClient> ConnectAsync(Server server) =>
        RawClient.ConnectAsync(server.Port, socket => socket.ReceiveBufferSize = 4096);

    private Task IsWatchedAsync() => Waiting.UntilAsync(() => _time.ActiveTimers > 0, "nobody watches");
}
