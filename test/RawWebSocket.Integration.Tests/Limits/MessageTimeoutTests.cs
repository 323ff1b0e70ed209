using Microsoft.Extensions.DependencyInjection;

namespace RawWebSocket.Integration.Tests.Limits;

/// <summary>In virtual time: ten seconds for a message, looked at once a second.</summary>
public class MessageTimeoutTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(ServerKind.InMemory, "header")]
    [InlineData(ServerKind.InMemory, "payload")]
    [InlineData(ServerKind.InMemory, "fragment")]
    [InlineData(ServerKind.InMemory, "control frame")]
    [InlineData(ServerKind.Kestrel, "header")]
    [InlineData(ServerKind.Kestrel, "payload")]
    public async Task What_is_never_finished_ends_the_connection(ServerKind kind, string half)
    {
        var handler = ScriptedHandler.Echo();
        await using var app = Start(handler, kind);
        await using var socket = await app.ConnectAsync();
        await using var other = await app.ConnectAsync();
        using var metrics = new RecordedMetrics(app);
        await socket.SendTextAsync("before");
        await socket.ExpectTextAsync("before");
        byte[] bytes = half switch
        {
            "header" => TestFrame.Text("half").ToBytes()[..1],
            "payload" => TestFrame.Text("half").ToBytes()[..^1],
            "fragment" => (TestFrame.Text("half") with { Fin = false }).ToBytes(),
            _ => TestFrame.Ping("half"u8).ToBytes()[..^1],
        };
        await socket.SendRawAsync(bytes);
        var connection = await handler.Opened;
        await PassAsync(8 * Second, other);
        connection.Closed.IsCancellationRequested.ShouldBeFalse();

        // Not just two seconds more: at the first of them the half may not have been read yet.
        await _time.AdvanceUntilAsync(metrics.Values.FirstAsync(IsMessageTime));
        metrics.Values.Count(IsMessageTime).ShouldBe(1);
        await socket.ExpectCloseAsync(WebSocketCloseStatus.PolicyViolation);

        // A peer that answers in the middle of a frame is not understood, and does not get for ever either.
        await _time.AdvanceUntilAsync(handler.Closed);
        var closure = await handler.Closed;
        closure.Limit.ShouldBe(WebSocketLimit.MessageTime);
        closure.Sent!.Value.Code.ShouldBe(WebSocketCloseStatus.PolicyViolation);

        static bool IsMessageTime(Measured value) =>
            value.Instrument == "rawwebsocket.limits" && value.Has("rawwebsocket.limit=message_time");
    }

    [Fact]
    public async Task A_ping_between_fragments_wins_no_time()
    {
        var handler = ScriptedHandler.Echo();
        await using var app = Start(handler);
        await using var socket = await app.ConnectAsync();
        await socket.SendFrameAsync(TestFrame.Text("half") with { Fin = false });
        for (var second = 0; second < 9; second++)
        {
            await socket.SendPingAsync("still here"u8);
            await socket.ExpectFrameAsync(TestFrame.Pong("still here"u8));
            _time.Advance(Second);
        }

        (await handler.Opened).Closed.IsCancellationRequested.ShouldBeFalse();
        await socket.SendPingAsync("still here"u8);
        await socket.ExpectFrameAsync(TestFrame.Pong("still here"u8));
        _time.Advance(2 * Second);
        await socket.ExpectCloseAsync(WebSocketCloseStatus.PolicyViolation);
        (await handler.Closed).Limit.ShouldBe(WebSocketLimit.MessageTime);
    }

    [Fact]
    public async Task A_peer_that_is_always_in_the_middle_of_the_next_message_is_not_too_slow()
    {
        var handler = ScriptedHandler.Echo();
        await using var app = Start(handler);
        await using var socket = await app.ConnectAsync();
        var frame = TestFrame.Text("half").ToBytes();
        await socket.SendRawAsync(frame.AsSpan(0, 5));
        for (var second = 0; second < 60; second++)
        {
            await socket.SendRawAsync([.. frame[5..], .. frame[..5]]);
            await socket.ExpectTextAsync("half");
            _time.Advance(Second);
        }

        await socket.SendRawAsync(frame.AsSpan(5));
        await socket.ExpectTextAsync("half");
        (await socket.CloseAsync()).Code.ShouldBe(WebSocketCloseStatus.NormalClosure);
        (await handler.Closed).Limit.ShouldBeNull();
    }

    [Fact]
    public async Task Time_in_which_the_application_was_behind_does_not_count()
    {
        var gate = new Gate();
        var handler = new ScriptedHandler
        {
            WhenMessage = async (connection, message) =>
            {
                // Not awaited, so it leaves when all that has come is dealt with: with it, reading is held back.
                _ = connection.SendAsync(message).AsTask();
                await gate.PassAsync();
            },
        };
        await using var app = Start(handler, options: options => options.ReceiveAheadBytes = 1);
        await using var socket = await app.ConnectAsync();
        await using var other = await app.ConnectAsync("/other");
        byte[] bytes =
            [.. TestFrame.Text("busy").ToBytes(), .. TestFrame.Text("waits").ToBytes(), .. TestFrame.Text("behind it").ToBytes()];
        await socket.SendRawAsync(bytes.AsSpan()[..^1]);
        await socket.ExpectTextAsync("busy");
        await PassAsync(60 * Second, other);
        (await handler.Opened).Closed.IsCancellationRequested.ShouldBeFalse();
        gate.Open();
        await socket.SendRawAsync(bytes.AsSpan()[^1..]);
        await socket.ExpectTextAsync("waits");
        await socket.ExpectTextAsync("behind it");
    }

    [Fact]
    public async Task It_can_be_turned_off()
    {
        var handler = ScriptedHandler.Echo();
        await using var app = Start(handler, options: options => options.MessageTimeout = Timeout.InfiniteTimeSpan);
        await using var socket = await app.ConnectAsync();
        await socket.SendFrameAsync(TestFrame.Text("ha") with { Fin = false });
        for (var minute = 0; minute < 30; minute++)
        {
            await socket.SendPingAsync();
            await socket.ExpectFrameAsync(TestFrame.Pong());
            _time.Advance(20 * Second);
        }

        await socket.SendFrameAsync(TestFrame.Continuation("lf"));
        await socket.ExpectTextAsync("half");
    }

    // Something else happens in every second, so that everything that is due in this one has had its turn.
    private async Task PassAsync(TimeSpan time, TestWebSocket other)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += Second)
        {
            await other.SendTextAsync("tick");
            await other.ExpectTextAsync("tick");
            _time.Advance(Second);
        }
    }

    private TestApp Start(
        IWebSocketHandler handler, ServerKind kind = ServerKind.InMemory, Action<RawWebSocketOptions>? options = null) => TestApp.Mapping(
        routes =>
        {
            routes.MapRawWebSocket("/", handler, endpoint =>
            {
                endpoint.MessageTimeout = 10 * Second;
                endpoint.KeepAliveInterval = Timeout.InfiniteTimeSpan;
                options?.Invoke(endpoint);
            });
            routes.MapRawWebSocket("/other", ScriptedHandler.Echo());
        },
        builder => builder.Services.AddSingleton<TimeProvider>(_time),
        kind);
}
