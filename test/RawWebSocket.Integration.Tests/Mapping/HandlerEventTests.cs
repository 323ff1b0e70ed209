namespace RawWebSocket.Integration.Tests.Mapping;

public class HandlerEventTests
{
    [Theory, InMemoryAndOverKestrel]
    public async Task Opened_comes_first_then_the_messages_in_order_then_closed(ServerKind kind)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();

        await socket.SendTextAsync("1");
        await socket.SendFragmentsAsync("2a", "2b");
        await socket.SendFramesAsync(TestFrame.Text("3"), TestFrame.Text("4"));
        await socket.CloseAsync();

        await handler.Closed;
        handler.Calls.ShouldBe(["opened", "message 1", "message 2a2b", "message 3", "message 4", "closed 1000 Peer"]);
        app.Log.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Messages_wait_until_opened_has_finished()
    {
        var gate = new Gate();
        var handler = new ScriptedHandler { WhenOpened = async _ => await gate.PassAsync() };
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();

        await socket.SendTextAsync("early");
        await socket.ExpectSilenceAsync();
        handler.Calls.ShouldBe(["opened"]);

        gate.Open();
        await handler.Calls.CountAsync(2);
        handler.Calls.ShouldBe(["opened", "message early"]);
    }

    [Fact]
    public async Task Pings_behind_a_message_are_answered_while_opened_has_not_finished()
    {
        var gate = new Gate();
        var handler = new ScriptedHandler { WhenOpened = async _ => await gate.PassAsync() };
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();

        // In two fragments, so that it is not there whole when it begins.
        await socket.SendFragmentsAsync("ear", "ly");
        await socket.SendPingAsync("still there?"u8);
        await socket.ExpectPongAsync("still there?"u8);
        gate.Open();
        await handler.Calls.CountAsync(2);
    }

    [Fact]
    public async Task One_connections_messages_are_handled_one_after_the_other()
    {
        var running = 0;
        var most = 0;
        var handler = new ScriptedHandler
        {
            WhenMessage = async (_, _) =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                await Task.Yield();
                Interlocked.Decrement(ref running);
            },
        };
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        await socket.SendFramesAsync([.. Enumerable.Range(0, 200).Select(number => TestFrame.Text($"{number}"))]);
        await handler.Calls.CountAsync(201);

        most.ShouldBe(1);
        handler.Calls.Skip(1).ShouldBe(Enumerable.Range(0, 200).Select(number => $"message {number}"));
    }

    [Fact]
    public async Task Two_connections_messages_are_handled_at_once()
    {
        var meeting = new Barrier(2);
        var handler = new ScriptedHandler
        {
            WhenMessage = async (connection, message) =>
            {
                await Task.Yield();
                meeting.SignalAndWait(Waiting.Limit).ShouldBeTrue();
                await connection.SendAsync(message);
            },
        };
        await using var app = TestApp.With(handler);
        await using var first = await app.ConnectAsync();
        await using var second = await app.ConnectAsync();
        await first.SendTextAsync("a");
        await second.SendTextAsync("b");
        await first.ExpectTextAsync("a");
        await second.ExpectTextAsync("b");
    }

    [Fact]
    public async Task Closed_waits_for_the_message_before_it_and_the_connection_cannot_send_any_more()
    {
        var gate = new Gate();
        var inClosed = new TaskCompletionSource<SendResult>();
        var handler = new ScriptedHandler
        {
            WhenMessage = async (_, _) => await gate.PassAsync(),
            WhenClosed = async (connection, _) => inClosed.SetResult(await connection.SendTextAsync("too late")),
        };
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("slow");
        await handler.Calls.CountAsync(2);
        await socket.DropAsync();
        await (await handler.Opened).Completion.Within();

        handler.Calls.ShouldBe(["opened", "message slow"]);
        gate.Open();
        (await inClosed.Task.Within()).ShouldBe(SendResult.Closed);
        await handler.Closed;
        handler.Calls.ShouldBe(["opened", "message slow", "closed 1006 Transport"]);
    }
}
