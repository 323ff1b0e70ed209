using Microsoft.Extensions.Logging;

namespace RawWebSocket.Integration.Tests.Mapping;

public class HandlerExceptionTests
{
    [Theory, InMemoryAndOverKestrel]
    public async Task An_exception_in_a_message_goes_to_the_error_event_to_the_log_and_to_the_peer_as_1011(ServerKind kind)
    {
        var handler = new ScriptedHandler { WhenMessage = (_, _) => throw new InvalidOperationException("on purpose") };
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        await socket.SendFramesAsync(TestFrame.Text("bad"), TestFrame.Text("never seen"));
        var close = await socket.ExpectCloseAsync(WebSocketCloseStatus.InternalServerError);
        (await socket.ExpectEndAsync()).ShouldBe(TransportEnd.Finished);
        await handler.Closed;

        close.Reason.ShouldNotContain("on purpose");
        handler.Calls.ShouldBe(["opened", "message bad", "error on purpose", "closed 1011 Server"]);
        var entry = app.Log.Problems.ShouldHaveSingleItem();
        entry.Level.ShouldBe(LogLevel.Error);
        entry.EventId.ShouldBe(5);
        entry.Exception!.Message.ShouldBe("on purpose");
    }

    [Fact]
    public async Task An_exception_in_opened_closes_before_any_message_is_delivered()
    {
        var handler = new ScriptedHandler { WhenOpened = _ => throw new InvalidOperationException("on purpose") };
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        await socket.ExpectCloseAsync(WebSocketCloseStatus.InternalServerError);
        await handler.Closed;
        handler.Calls.ShouldBe(["opened", "error on purpose", "closed 1011 Server"]);
    }

    [Fact]
    public async Task The_error_event_may_still_send_and_close_with_another_code()
    {
        var handler = new ScriptedHandler
        {
            WhenMessage = (_, _) => throw new InvalidOperationException("on purpose"),
            WhenError = async (connection, exception) =>
            {
                await connection.SendTextAsync(exception.Message);
                _ = connection.CloseAsync((WebSocketCloseStatus)4001, "my own code");
            },
        };
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("bad");
        await socket.ExpectTextAsync("on purpose");
        await socket.ExpectCloseAsync(4001, "my own code");
        (await handler.Closed).ShouldBe((WebSocketCloseStatus)4001, "my own code", ClosedBy.Server);
    }

    [Fact]
    public async Task The_error_event_may_wait_for_its_own_close()
    {
        var handler = new ScriptedHandler
        {
            WhenMessage = (_, _) => throw new InvalidOperationException("on purpose"),
            WhenError = async (connection, _) => await connection.CloseAsync((WebSocketCloseStatus)4002),
        };
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("bad");
        await socket.ExpectCloseAsync(4002);
        (await handler.Closed).Code.ShouldBe((WebSocketCloseStatus)4002);
    }

    [Theory]
    [InlineData("ping")]
    [InlineData("pong")]
    public async Task An_exception_in_a_ping_or_pong_ends_the_connection_the_same_way(string what)
    {
        var handler = new TouchyHandler();
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        await (what == "ping" ? socket.SendPingAsync() : socket.SendPongAsync());
        await socket.ExpectCloseAsync(WebSocketCloseStatus.InternalServerError);
        await handler.Calls.CountAsync(2);
        handler.Calls.ShouldBe([$"error {what} on purpose", "closed 1011 Server"]);
        (await app.Log.FirstAsync(5)).Exception!.Message.ShouldBe($"{what} on purpose");
    }

    [Fact]
    public async Task An_exception_in_closed_is_logged_and_the_closing_handshake_is_not_harmed()
    {
        var handler = new ScriptedHandler { WhenClosed = (_, _) => throw new InvalidOperationException("on purpose") };
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        (await socket.CloseAsync()).Code.ShouldBe(WebSocketCloseStatus.NormalClosure);
        (await app.Log.FirstAsync(5)).Exception!.Message.ShouldBe("on purpose");
        handler.Calls.ShouldBe(["opened", "closed 1000 Peer"]);
    }

    [Fact]
    public async Task An_exception_in_the_error_event_is_logged_too_and_closed_still_comes()
    {
        var handler = new ScriptedHandler
        {
            WhenMessage = (_, _) => throw new InvalidOperationException("first"),
            WhenError = (_, _) => throw new InvalidOperationException("second"),
        };
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("bad");
        await socket.ExpectCloseAsync(WebSocketCloseStatus.InternalServerError);
        await handler.Closed;
        app.Log.Problems.Select(problem => problem.Exception!.Message).ShouldBe(["first", "second"]);
        handler.Calls.Last().ShouldBe("closed 1011 Server");
    }

    [Fact]
    public async Task An_exception_on_one_connection_leaves_the_others_alone()
    {
        var handler = new ScriptedHandler
        {
            WhenMessage = async (connection, message) =>
            {
                ArgumentOutOfRangeException.ThrowIfEqual(message.Text, "bad");
                await connection.SendAsync(message);
            },
        };
        await using var app = TestApp.With(handler);
        await using var good = await app.ConnectAsync();
        await using var bad = await app.ConnectAsync();
        await bad.SendTextAsync("bad");
        await bad.ExpectCloseAsync(WebSocketCloseStatus.InternalServerError);
        await good.SendTextAsync("fine");
        await good.ExpectTextAsync("fine");
    }

    private sealed class TouchyHandler : IWebSocketHandler
    {
        public Recorder<string> Calls { get; } = new();

        public ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message) => ValueTask.CompletedTask;

        public ValueTask OnErrorAsync(WebSocketConnection connection, Exception exception)
        {
            Calls.Add($"error {exception.Message}");
            return ValueTask.CompletedTask;
        }

        public ValueTask OnClosedAsync(WebSocketConnection connection, WebSocketClosure closure)
        {
            Calls.Add($"closed {(int)closure.Code} {closure.By}");
            return ValueTask.CompletedTask;
        }

        public void OnPing(WebSocketConnection connection, ReadOnlySpan<byte> payload) =>
            throw new InvalidOperationException("ping on purpose");

        public void OnPong(WebSocketConnection connection, ReadOnlySpan<byte> payload) =>
            throw new InvalidOperationException("pong on purpose");
    }
}
