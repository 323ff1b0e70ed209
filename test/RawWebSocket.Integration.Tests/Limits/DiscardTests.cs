namespace RawWebSocket.Integration.Tests.Limits;

/// <summary>A delegate that only sends.</summary>
public class DiscardTests
{
    [Theory, InMemoryAndOverKestrel]
    public async Task Whatever_the_peer_says_its_pings_and_its_close_are_answered(ServerKind kind)
    {
        await using var app = TestApp.With(
            async connection =>
            {
                connection.DiscardMessages();
                await connection.SendTextAsync("ready");
                await connection.Completion;
            },
            options => options.MaxMessageSize = 1000,
            kind: kind);
        await using var socket = await app.ConnectAsync();
        using var metrics = new RecordedMetrics(app);
        await socket.ExpectTextAsync("ready");
        await socket.SendFragmentsAsync("in", "fragments");
        await socket.SendBinaryAsync(Bytes.Counting(500_000));
        await socket.SendFrameAsync(TestFrame.Text([0xFF]));
        await socket.SendPingAsync("ping"u8);
        await socket.ExpectFrameAsync(TestFrame.Pong("ping"u8));
        await metrics.SumAsync("rawwebsocket.messages", 3, "rawwebsocket.direction=received");
        (await socket.CloseAsync()).Code.ShouldBe(WebSocketCloseStatus.NormalClosure);
    }

    [Fact]
    public async Task What_came_before_is_thrown_away_too()
    {
        var came = new Gate();
        await using var app = TestApp.With(async connection =>
        {
            await came.PassAsync();
            connection.DiscardMessages();
            await connection.Completion;
        });
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("waits");
        await socket.SendFragmentsAsync("waits", "until somebody asks");
        came.Open();
        (await socket.CloseAsync()).Code.ShouldBe(WebSocketCloseStatus.NormalClosure);
    }

    [Fact]
    public async Task Receives_throw_from_then_on()
    {
        var thrown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = TestApp.With(async connection =>
        {
            connection.DiscardMessages();
            connection.DiscardMessages();
            (await Should.ThrowAsync<InvalidOperationException>(async () => await connection.ReceiveAsync()))
                .Message.ShouldContain("DiscardMessages");
            await Should.ThrowAsync<InvalidOperationException>(async () => await connection.ReceiveStreamAsync());
            thrown.SetResult();
        });
        await using var socket = await app.ConnectAsync();
        await thrown.Task.Within();
    }

    [Fact]
    public async Task It_cannot_be_called_while_something_is_being_received()
    {
        var checks = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = TestApp.With(async connection =>
        {
            var receiving = connection.ReceiveAsync();
            Should.Throw<InvalidOperationException>(connection.DiscardMessages);
            await connection.SendTextAsync("go on");
            (await receiving)!.Value.Text.ShouldBe("first");
            await using (await connection.ReceiveStreamAsync())
            {
                Should.Throw<InvalidOperationException>(connection.DiscardMessages);
            }

            connection.DiscardMessages();
            checks.SetResult();
            await connection.Completion;
        });
        await using var socket = await app.ConnectAsync();
        await socket.ExpectTextAsync("go on");
        await socket.SendTextAsync("first");
        await socket.SendTextAsync("second");
        await checks.Task.Within();
        await socket.SendTextAsync("third");
        (await socket.CloseAsync()).Code.ShouldBe(WebSocketCloseStatus.NormalClosure);
    }

    [Fact]
    public async Task A_handler_is_given_its_messages()
    {
        var handler = new ScriptedHandler
        {
            WhenOpened = connection =>
            {
                Should.Throw<InvalidOperationException>(connection.DiscardMessages).Message.ShouldContain("handler");
                return ValueTask.CompletedTask;
            },
        };
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("message");
        await handler.Calls.FirstAsync(call => call == "message message");
    }
}
