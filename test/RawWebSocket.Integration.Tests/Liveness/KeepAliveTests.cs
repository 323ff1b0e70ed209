using Microsoft.Extensions.DependencyInjection;

namespace RawWebSocket.Integration.Tests.Liveness;

/// <summary>In virtual time: 30 seconds of silence before a ping, 20 for its answer, looked at once a second.</summary>
public class KeepAliveTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task After_30_seconds_of_silence_the_peer_is_pinged()
    {
        var handler = new ScriptedHandler();
        await using var app = Start(handler);
        await using var socket = await app.ConnectAsync();
        await handler.Opened;
        _time.Advance(29 * Second);
        _time.Advance(2 * Second);
        (await socket.ExpectPingAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Before_that_it_is_not()
    {
        var handler = new ScriptedHandler();
        await using var app = Start(handler);
        await using var socket = await app.ConnectAsync();
        await handler.Opened;
        _time.Advance(29 * Second);
        await socket.ExpectNoPingAsync();
    }

    [Theory]
    [InlineData("message")]
    [InlineData("pong")]
    [InlineData("one byte")]
    public async Task Any_byte_counts_as_life(string sign)
    {
        var handler = new ScriptedHandler();
        await using var app = Start(handler);
        await using var socket = await app.ConnectAsync();
        using var metrics = new RecordedMetrics(app);
        await handler.Opened;
        _time.Advance(25 * Second);
        var bytes = sign switch
        {
            "message" => TestFrame.Text("alive").ToBytes(),
            "pong" => TestFrame.Pong().ToBytes(),
            _ => TestFrame.Pong().ToBytes()[..1],
        };
        await socket.SendRawAsync(bytes);
        await metrics.SumAsync("rawwebsocket.bytes", bytes.Length, "rawwebsocket.direction=received");
        _time.Advance(25 * Second);
        await socket.SendRawAsync(TestFrame.Pong().ToBytes().AsSpan(sign == "one byte" ? 1 : 0));
        await socket.ExpectNoPingAsync();
    }

    [Fact]
    public async Task A_peer_that_does_not_answer_within_20_seconds_is_dropped_with_1006()
    {
        var handler = new ScriptedHandler();
        await using var app = Start(handler);
        await using var socket = await app.ConnectAsync(configure: options => options.AutoPong = false);
        await handler.Opened;
        _time.Advance(31 * Second);
        await socket.ExpectPingAsync();
        _time.Advance(18 * Second);
        (await handler.Opened).Closed.IsCancellationRequested.ShouldBeFalse();
        _time.Advance(4 * Second);
        (await socket.ExpectEndAsync()).ShouldBe(TransportEnd.Reset);
        var closure = await handler.Closed;
        closure.Code.ShouldBe(WebSocketClosure.Abnormal);
        closure.By.ShouldBe(ClosedBy.Transport);
        closure.Reason.ShouldContain("20 s");
        (await app.Log.FirstAsync(2)).Message.ShouldContain("limit keep_alive");
        app.Log.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_peer_that_answers_is_pinged_again_and_again_and_lives()
    {
        var handler = new ScriptedHandler();
        await using var app = Start(handler);
        await using var socket = await app.ConnectAsync();
        using var metrics = new RecordedMetrics(app);
        await handler.Opened;
        for (var answered = 1; answered <= 5; answered++)
        {
            // Its silence begins when the loop's thread has come back from the pong, which may be a beat later.
            var ping = socket.ExpectPingAsync();
            await _time.AdvanceUntilAsync(ping);
            await ping;
            await metrics.SumAsync("rawwebsocket.bytes", answered * 6, "rawwebsocket.direction=received");
        }

        (await socket.CloseAsync()).Code.ShouldBe(WebSocketCloseStatus.NormalClosure);
    }

    [Fact]
    public async Task It_can_be_turned_off()
    {
        var handler = ScriptedHandler.Echo();
        await using var app = Start(handler, options => options.KeepAliveInterval = Timeout.InfiniteTimeSpan);
        await using var socket = await app.ConnectAsync();
        await handler.Opened;
        _time.Advance(TimeSpan.FromMinutes(59));
        await socket.ExpectNoPingAsync();
    }

    [Fact]
    public async Task Each_endpoint_has_times_of_its_own()
    {
        var quick = new ScriptedHandler();
        var slow = new ScriptedHandler();
        await using var app = TestApp.Mapping(
            routes =>
            {
                routes.MapRawWebSocket("/quick", quick, options => options.KeepAliveInterval = TimeSpan.FromMilliseconds(400));
                routes.MapRawWebSocket("/slow", slow);
            },
            builder => builder.Services.AddSingleton<TimeProvider>(_time));
        await using var quickSocket = await app.ConnectAsync("/quick");
        await using var slowSocket = await app.ConnectAsync("/slow");
        await quick.Opened;
        await slow.Opened;
        _time.Advance(TimeSpan.FromMilliseconds(500));
        await quickSocket.ExpectPingAsync();
        await slowSocket.ExpectNoPingAsync();
    }

    [Fact]
    public async Task A_peer_is_not_judged_while_the_application_itself_holds_reading_back()
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
        await using var app = Start(handler, options => options.ReceiveAheadBytes = 1);
        await using var socket = await app.ConnectAsync();
        await using var other = await app.ConnectAsync("/echo");
        await socket.SendFramesAsync(TestFrame.Text("busy"), TestFrame.Text("waits"), TestFrame.Text("is not even read"));
        await socket.ExpectTextAsync("busy");

        // Something else happens in every second, so that everything that is due in this one has had its turn.
        for (var second = 0; second < 120; second++)
        {
            _time.Advance(Second);
            await other.SendTextAsync("tick");
            await other.ExpectTextAsync("tick");
        }

        var connection = await handler.Opened;
        connection.Closed.IsCancellationRequested.ShouldBeFalse();
        gate.Open();
        await handler.Calls.FirstAsync(call => call == "message is not even read");
        await socket.CloseAsync();
        (await handler.Closed).Code.ShouldBe(WebSocketCloseStatus.NormalClosure);
    }

    private TestApp Start(IWebSocketHandler handler, Action<RawWebSocketOptions>? options = null) => TestApp.Mapping(
        routes =>
        {
            routes.MapRawWebSocket("/", handler, options);
            routes.MapRawWebSocket("/echo", ScriptedHandler.Echo());
        },
        builder => builder.Services.AddSingleton<TimeProvider>(_time));
}
