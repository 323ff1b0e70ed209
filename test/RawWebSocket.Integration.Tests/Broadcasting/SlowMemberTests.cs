namespace RawWebSocket.Integration.Tests.Broadcasting;

public class SlowMemberTests
{
    [Theory, InMemoryAndOverKestrel]
    public async Task One_that_does_not_read_delays_nobody_and_is_aborted_when_too_much_waits(ServerKind kind)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, options => options.MaxQueuedBytes = 500_000, kind: kind);
        await using var slow = await app.ConnectAsync();
        var slowConnection = await handler.Opened;
        await using var quick = await app.ConnectAsync();
        await handler.Calls.CountAsync(2);

        // Each is read by the other before the next is sent, so only the slow one can fall behind.
        var payload = Bytes.Counting(60_000);
        var sent = 0;
        while (app.Groups.All.SendBinary(payload) == 2)
        {
            await quick.ExpectBinaryAsync(payload);
            (++sent).ShouldBeLessThan(1000, "the slow one should have been given up");
        }

        await quick.ExpectBinaryAsync(payload);
        (await slowConnection.Completion.Within()).ShouldSatisfyAllConditions(
            closure => closure.Code.ShouldBe(WebSocketClosure.Abnormal),
            closure => closure.By.ShouldBe(ClosedBy.Transport));
        (await app.Log.FirstAsync(2)).Message.ShouldContain("500000");
        await handler.Closed;
        app.Groups.All.SendText("after").ShouldBe(1);
        await quick.ExpectTextAsync("after");
    }

    [Fact]
    public async Task What_the_application_itself_waits_for_does_not_count()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, options => options.MaxQueuedBytes = 1000);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        var stuck = connection.SendBinaryAsync(Bytes.Counting(200_000)).Within();
        var waiting = connection.SendBinaryAsync(Bytes.Counting(5_000)).Within();
        app.Groups.All.SendText("small").ShouldBe(1);
        await socket.ExpectBinaryAsync(Bytes.Counting(200_000));
        await socket.ExpectBinaryAsync(Bytes.Counting(5_000));
        await socket.ExpectTextAsync("small");
        (await stuck).ShouldBe(SendResult.Sent);
        (await waiting).ShouldBe(SendResult.Sent);
    }

    [Fact]
    public async Task As_much_as_may_wait_is_delivered_when_the_peer_reads_again()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, options => options.MaxQueuedBytes = 10_000);
        await using var socket = await app.ConnectAsync("/", options => options.TransportCapacity = 10);
        await handler.Opened;
        app.Groups.All.SendBinary(new byte[1]).ShouldBe(1);
        app.Groups.All.SendBinary(new byte[100]).ShouldBe(1);
        for (var i = 0; i < 9; i++)
        {
            app.Groups.All.SendBinary(Bytes.Counting(1000)).ShouldBe(1);
        }

        (await socket.ExpectBinaryAsync()).Length.ShouldBe(1);
        (await socket.ExpectBinaryAsync()).Length.ShouldBe(100);
        for (var i = 0; i < 9; i++)
        {
            await socket.ExpectBinaryAsync(Bytes.Counting(1000));
        }

        app.Log.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_broadcast_larger_than_the_limit_reaches_one_for_whom_nothing_waits()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, options => options.MaxQueuedBytes = 10_000);
        await using var socket = await app.ConnectAsync();
        await handler.Opened;
        app.Groups.All.SendBinary(Bytes.Counting(200_000)).ShouldBe(1);
        await socket.ExpectBinaryAsync(Bytes.Counting(200_000));
        app.Log.Problems.ShouldBeEmpty();
    }
}
