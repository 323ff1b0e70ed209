namespace RawWebSocket.Integration.Tests.Mapping;

public class DelegateTests
{
    [Theory, InMemoryAndOverKestrel]
    public async Task A_delegate_pulls_messages_until_there_are_no_more(ServerKind kind)
    {
        var ended = new TaskCompletionSource<WebSocketClosure>();
        await using var app = TestApp.With(
            async connection =>
            {
                while (await connection.ReceiveAsync() is { } message)
                {
                    await connection.SendAsync(message);
                }

                ended.SetResult(await connection.Completion);
            },
            kind: kind);
        await using var socket = await app.ConnectAsync();

        await socket.SendTextAsync("text");
        await socket.ExpectTextAsync("text");
        await socket.SendBinaryAsync([0, 255]);
        await socket.ExpectBinaryAsync([0, 255]);
        await socket.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "moving on");
        (await ended.Task.Within()).ShouldBe(WebSocketCloseStatus.EndpointUnavailable, "moving on", ClosedBy.Peer);
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_delegate_reads_messages_in_an_await_foreach(ServerKind kind)
    {
        await using var app = TestApp.With(
            async connection =>
            {
                await foreach (var message in connection.ReadAllAsync())
                {
                    await connection.SendTextAsync($"{message.Type} of {message.Length}");
                }
            },
            kind: kind);
        await using var socket = await app.ConnectAsync();
        await socket.SendFramesAsync(TestFrame.Text("abc"), TestFrame.Binary([1]), TestFrame.Text(""));
        await socket.ExpectTextAsync("Text of 3");
        await socket.ExpectTextAsync("Binary of 1");
        await socket.ExpectTextAsync("Text of 0");
        await socket.CloseAsync();
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task The_connection_closes_with_1000_when_the_delegate_returns(ServerKind kind)
    {
        var connections = new TaskCompletionSource<WebSocketConnection>();
        await using var app = TestApp.With(
            async connection =>
            {
                connections.SetResult(connection);
                await connection.SendTextAsync("that was all");
            },
            kind: kind);
        await using var socket = await app.ConnectAsync();
        await socket.ExpectTextAsync("that was all");
        await socket.ExpectCloseAsync(WebSocketCloseStatus.NormalClosure, "");
        (await socket.ExpectEndAsync()).ShouldBe(TransportEnd.Finished);
        (await (await connections.Task).Completion.Within())
            .ShouldBe(WebSocketCloseStatus.NormalClosure, "", ClosedBy.Server);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_connection_closes_with_1011_when_the_delegate_throws(bool atOnce)
    {
        await using var app = TestApp.With(connection => atOnce
            ? throw new InvalidOperationException("thrown on purpose")
            : Task.Run(() => throw new InvalidOperationException("thrown on purpose")));
        await using var socket = await app.ConnectAsync();
        await socket.ExpectCloseAsync(WebSocketCloseStatus.InternalServerError);
        await socket.ExpectEndAsync();
        (await app.Log.FirstAsync(5)).Exception!.Message.ShouldBe("thrown on purpose");
    }

    [Fact]
    public async Task A_delegate_may_send_without_ever_receiving()
    {
        var gate = new Gate();
        await using var app = TestApp.With(async connection =>
        {
            await connection.SendTextAsync("first");
            await gate.PassAsync();
            await connection.SendTextAsync("second");
            await connection.Closed.CancelledAsync();
        });
        await using var socket = await app.ConnectAsync();
        await socket.ExpectTextAsync("first");
        await socket.SendPingAsync("in between"u8);
        await socket.ExpectPongAsync("in between"u8);
        gate.Open();
        await socket.ExpectTextAsync("second");
        await socket.CloseAsync();
        app.Log.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Work_that_is_cancelled_because_the_connection_closed_is_no_error()
    {
        var stopped = new TaskCompletionSource();
        await using var app = TestApp.With(async connection =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, connection.Closed);
            }
            finally
            {
                stopped.SetResult();
            }
        });
        await using var socket = await app.ConnectAsync();
        await socket.CloseAsync();
        await stopped.Task.Within();
        await app.Log.FirstAsync(2);
        app.Log.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Items_are_kept_for_the_connection()
    {
        var handler = new ScriptedHandler
        {
            WhenMessage = async (connection, message) =>
            {
                connection.Items.TryGetValue("count", out var count);
                connection.Items["count"] = ((int?)count ?? 0) + 1;
                await connection.SendTextAsync($"{connection.Items["count"]}");
            },
        };
        await using var app = TestApp.With(handler);
        await using var first = await app.ConnectAsync();
        await using var second = await app.ConnectAsync();
        await first.SendTextAsync("");
        await first.ExpectTextAsync("1");
        await first.SendTextAsync("");
        await first.ExpectTextAsync("2");
        await second.SendTextAsync("");
        await second.ExpectTextAsync("1");
    }
}
