namespace RawWebSocket.Integration.Tests.Closing;

public class LostTransportTests
{
    public static TheoryData<ServerKind, bool> Losses => new()
    {
        { ServerKind.InMemory, true },
        { ServerKind.InMemory, false },
        { ServerKind.Kestrel, true },
        { ServerKind.Kestrel, false },
        { ServerKind.KestrelWithTls, true },
        { ServerKind.KestrelWithTls, false },
    };

    [Theory, MemberData(nameof(Losses))]
    public async Task A_peer_that_goes_without_a_close_is_an_ordinary_1006(ServerKind kind, bool withFin)
    {
        var handler = ScriptedHandler.Echo();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("hello");
        await socket.ExpectTextAsync("hello");
        await DropAsync(socket, withFin);

        var closure = await handler.Closed;
        closure.Code.ShouldBe(WebSocketClosure.Abnormal);
        closure.By.ShouldBe(ClosedBy.Transport);
        closure.WasClean.ShouldBeFalse();
        closure.Reason.ShouldNotBeEmpty();
        handler.Calls.ShouldBe(["opened", "message hello", "closed 1006 Transport"]);
        app.Log.Problems.ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Losses))]
    public async Task A_busy_application_learns_of_the_loss_from_the_token(ServerKind kind, bool withFin)
    {
        var handler = new ScriptedHandler { WhenOpened = async connection => await Task.Delay(Timeout.Infinite, connection.Closed) };
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        await handler.Opened;
        await DropAsync(socket, withFin);
        (await handler.Closed).Code.ShouldBe(WebSocketClosure.Abnormal);
        app.Log.Problems.ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Losses))]
    public async Task A_loss_in_the_middle_of_a_message_delivers_nothing_of_it(ServerKind kind, bool withFin)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        await socket.SendFrameAsync(TestFrame.Text("half") with { Fin = false });
        await socket.SendRawAsync(TestFrame.Continuation("the other half").ToBytes().AsSpan(0, 9));
        await DropAsync(socket, withFin);
        (await handler.Closed).Code.ShouldBe(WebSocketClosure.Abnormal);
        handler.Calls.ShouldBe(["opened", "closed 1006 Transport"]);
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task Sends_to_a_peer_that_has_gone_say_closed_in_the_end_and_never_throw(ServerKind kind)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        socket.Abort();
        SendResult result;
        do
        {
            result = await connection.SendBinaryAsync(new byte[1000]).Within();
        }
        while (result == SendResult.Sent);
        (await handler.Closed).Code.ShouldBe(WebSocketClosure.Abnormal);
        app.Log.Problems.ShouldBeEmpty();
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_send_that_waits_for_a_peer_that_does_not_read_ends_when_the_peer_goes(ServerKind kind)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        var stuck = connection.SendBinaryAsync(new byte[24 * 1024 * 1024]).Within();
        var behind = connection.SendTextAsync("behind").Within();
        stuck.IsCompleted.ShouldBeFalse();
        socket.Abort();
        (await behind).ShouldBe(SendResult.Closed);
        (await stuck).ShouldBe(SendResult.Closed);
        await handler.Closed;
        app.Log.Problems.ShouldBeEmpty();
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task The_server_aborts(ServerKind kind)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        connection.Abort();
        connection.Abort();
        (await socket.ExpectEndAsync()).ShouldBe(TransportEnd.Reset);
        (await handler.Closed).ShouldSatisfyAllConditions(
            closure => closure.Code.ShouldBe(WebSocketClosure.Abnormal),
            closure => closure.By.ShouldBe(ClosedBy.Transport));
        connection.Closed.IsCancellationRequested.ShouldBeTrue();
        connection.Abort();
        app.Log.Problems.ShouldBeEmpty();
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task An_abort_frees_sends_that_wait_for_a_peer_that_does_not_read(ServerKind kind)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        var stuck = connection.SendBinaryAsync(new byte[24 * 1024 * 1024]).Within();
        var closing = connection.CloseAsync();
        connection.Abort();
        (await stuck).ShouldBe(SendResult.Closed);
        (await closing.Within()).Code.ShouldBe(WebSocketClosure.Abnormal);
    }

    [Fact]
    public async Task A_handler_may_abort_in_the_middle_of_its_work()
    {
        var handler = new ScriptedHandler
        {
            WhenMessage = (connection, _) =>
            {
                connection.Abort();
                return ValueTask.CompletedTask;
            },
        };
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("abort");
        (await socket.ExpectEndAsync()).ShouldBe(TransportEnd.Reset);
        await handler.Closed;
        handler.Calls.ShouldBe(["opened", "message abort", "closed 1006 Transport"]);
    }

    private static async Task DropAsync(TestWebSocket socket, bool withFin)
    {
        if (withFin)
        {
            await socket.DropAsync();
        }
        else
        {
            socket.Abort();
        }
    }

    [Fact]
    public async Task A_reset_is_noticed_though_the_peer_is_held_back_with_more_than_the_server_reads_ahead()
    {
        var handler = new ScriptedHandler { WhenMessage = static async (connection, _) => await connection.Completion };
        await using var app = TestApp.With(handler, kind: ServerKind.Kestrel);
        await using var socket = await app.ConnectAsync();
        await handler.Opened;
        var isMuch = new TaskCompletionSource();
        var sending = SendManyAsync(socket, isMuch);
        await isMuch.Task.Within();
        await handler.Calls.FirstAsync(static call => call.StartsWith("message", StringComparison.Ordinal));
        socket.Abort();
        (await handler.Closed).Code.ShouldBe(WebSocketClosure.Abnormal);
        await sending;
    }

    // Two megabytes, of which the server reads half ahead, and more until the connection has gone.
    private static async Task SendManyAsync(TestWebSocket socket, TaskCompletionSource isMuch)
    {
        var text = new string('x', 100_000);
        try
        {
            for (var i = 0; i < 200; i++)
            {
                await socket.SendTextAsync(text);
                if (i == 20)
                {
                    isMuch.SetResult();
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or TimeoutException or TestWebSocketException)
        {
            // Aborted under way.
        }
    }
}
