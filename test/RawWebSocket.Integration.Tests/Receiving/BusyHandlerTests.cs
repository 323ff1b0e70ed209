namespace RawWebSocket.Integration.Tests.Receiving;

public class BusyHandlerTests
{
    [Theory, InMemoryAndOverKestrel]
    public async Task Pings_are_answered_while_a_handler_is_busy(ServerKind kind)
    {
        var gate = new Gate();
        var handler = new ScriptedHandler { WhenMessage = async (_, _) => await gate.PassAsync() };
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        await socket.SendFramesAsync(TestFrame.Text("busy"), TestFrame.Text("waits"), TestFrame.Ping("1"u8));
        await socket.ExpectPongAsync("1"u8);
        await socket.SendPingAsync("2"u8);
        await socket.ExpectPongAsync("2"u8);
        handler.Calls.ShouldBe(["opened", "message busy"]);
        gate.Open();
        await handler.Calls.CountAsync(3);
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_handler_may_wait_for_the_answer_to_a_ping(ServerKind kind)
    {
        var handler = new ScriptedHandler
        {
            WhenOpened = async connection => await PingAsync(connection),
            WhenMessage = async (connection, _) => await PingAsync(connection),
        };
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        await socket.ExpectTextAsync("answered");
        await socket.SendTextAsync("again");
        await socket.ExpectTextAsync("answered");

        static async Task PingAsync(WebSocketConnection connection)
        {
            var time = (await connection.PingAsync()).ShouldNotBeNull();
            time.ShouldBeGreaterThanOrEqualTo(TimeSpan.Zero);
            await connection.SendTextAsync("answered");
        }
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_handler_may_wait_for_its_own_close(ServerKind kind)
    {
        var closed = new TaskCompletionSource<WebSocketClosure>();
        var handler = new ScriptedHandler
        {
            WhenMessage = async (connection, _) => closed.SetResult(await connection.CloseAsync((WebSocketCloseStatus)4000, "enough")),
        };
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync(configure: options => options.AutoClose = false);
        await socket.SendTextAsync("close");
        await socket.ExpectCloseAsync(4000, "enough");
        await socket.SendFramesAsync(TestFrame.Text("discarded"), TestFrame.Close(4000));
        (await socket.ExpectEndAsync()).ShouldBe(TransportEnd.Finished);
        var closure = await closed.Task.Within();
        closure.ShouldBe((WebSocketCloseStatus)4000, "enough", ClosedBy.Server);
        (await handler.Closed).ShouldBe(closure);
        handler.Calls.ShouldBe(["opened", "message close", "closed 4000 Server"]);
    }

    [Fact]
    public async Task A_handler_may_wait_for_its_own_close_in_opened()
    {
        var handler = new ScriptedHandler { WhenOpened = async connection => await connection.CloseAsync() };
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        await socket.ExpectCloseAsync(WebSocketCloseStatus.NormalClosure);
        (await handler.Closed).By.ShouldBe(ClosedBy.Server);
        handler.Calls.ShouldBe(["opened", "closed 1000 Server"]);
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_busy_handler_learns_from_the_token_that_the_peer_has_closed(ServerKind kind)
    {
        var handler = new ScriptedHandler { WhenMessage = async (connection, _) => await Task.Delay(Timeout.Infinite, connection.Closed) };
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("wait");
        (await socket.CloseAsync()).Code.ShouldBe(WebSocketCloseStatus.NormalClosure);
        (await handler.Closed).By.ShouldBe(ClosedBy.Peer);
        app.Log.Problems.ShouldBeEmpty();
        handler.Calls.ShouldBe(["opened", "message wait", "closed 1000 Peer"]);
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task What_a_busy_handler_still_answers_leaves_before_the_answer_to_the_close(ServerKind kind)
    {
        var handler = new ScriptedHandler
        {
            WhenMessage = async (connection, message) =>
            {
                await connection.Closed.CancelledAsync();
                (await connection.SendAsync(message)).ShouldBe(SendResult.Sent);
            },
        };
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        await socket.SendFramesAsync(TestFrame.Text("1"), TestFrame.Text("2"), TestFrame.Close(1000));
        await socket.ExpectTextAsync("1");
        await socket.ExpectTextAsync("2");
        await socket.ExpectCloseAsync(WebSocketCloseStatus.NormalClosure);
        await handler.Closed;
        handler.Calls.Skip(1).ShouldBe(["message 1", "message 2", "closed 1000 Peer"]);
    }

    [Fact]
    public async Task A_message_stays_valid_for_as_long_as_the_handler_has_it()
    {
        var gate = new Gate();
        var handler = new ScriptedHandler
        {
            WhenMessage = async (connection, message) =>
            {
                var early = message.ToArray();
                await gate.PassAsync();
                message.ToArray().ShouldBe(early);
                await connection.SendAsync(message);
            },
        };
        await using var app = TestApp.With(handler, options => options.ReceiveAheadBytes = 100_000);
        await using var socket = await app.ConnectAsync();
        var payloads = Enumerable.Range(1, 50).Select(number => Bytes.Counting(number * 31)).ToArray();
        foreach (var payload in payloads)
        {
            await socket.SendBinaryAsync(payload);
        }

        await socket.ExpectSilenceAsync();
        gate.Open();
        foreach (var payload in payloads)
        {
            await socket.ExpectBinaryAsync(payload);
        }
    }
}
