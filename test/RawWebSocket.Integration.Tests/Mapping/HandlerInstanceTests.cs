namespace RawWebSocket.Integration.Tests.Mapping;

public class HandlerInstanceTests
{
    [Theory, InMemoryAndOverKestrel]
    public async Task One_handler_serves_all_connections(ServerKind kind)
    {
        var handler = ScriptedHandler.Echo();
        await using var app = TestApp.With(handler, kind: kind);
        await using var first = await app.ConnectAsync();
        await using var second = await app.ConnectAsync();

        await first.SendTextAsync("one");
        await second.SendTextAsync("two");
        await first.ExpectTextAsync("one");
        await second.ExpectTextAsync("two");

        handler.Calls.Count(call => call == "opened").ShouldBe(2);
    }

    [Fact]
    public async Task A_handler_needs_no_more_than_a_method_for_messages()
    {
        await using var app = TestApp.With(new SmallestHandler());
        await using var socket = await app.ConnectAsync();

        await socket.SendBinaryAsync([1, 2, 3]);
        await socket.ExpectBinaryAsync([1, 2, 3]);
        await socket.SendPongAsync("not asked for"u8);
        await socket.SendPingAsync("same bytes"u8);
        await socket.ExpectPongAsync("same bytes"u8);
        (await socket.CloseAsync()).Code.ShouldBe(WebSocketCloseStatus.NormalClosure);
    }

    [Fact]
    public async Task A_handler_with_defaults_only_closes_with_1011_when_it_throws()
    {
        await using var app = TestApp.With(new SmallestHandler());
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("throw");
        await socket.ExpectCloseAsync(WebSocketCloseStatus.InternalServerError);
        (await socket.ExpectEndAsync()).ShouldBe(TransportEnd.Finished);
    }

    [Fact]
    public async Task A_handler_may_not_ask_for_messages_itself()
    {
        var refused = new TaskCompletionSource<Exception>();
        var handler = new ScriptedHandler
        {
            WhenOpened = async connection =>
            {
                var receive = await Should.ThrowAsync<InvalidOperationException>(() => connection.ReceiveAsync().AsTask());
                await Should.ThrowAsync<InvalidOperationException>(() => connection.ReceiveStreamAsync().AsTask());
                refused.SetResult(receive);
            },
        };
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        (await refused.Task.Within()).Message.ShouldContain("map the endpoint with a delegate");
        await socket.CloseAsync();
    }

    private sealed class SmallestHandler : IWebSocketHandler
    {
        public async ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message)
        {
            if (message.Type == WebSocketMessageType.Text)
            {
                throw new InvalidOperationException("thrown on purpose");
            }

            await connection.SendAsync(message);
        }
    }
}
