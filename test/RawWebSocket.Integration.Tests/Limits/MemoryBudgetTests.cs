using Microsoft.Extensions.DependencyInjection;

namespace RawWebSocket.Integration.Tests.Limits;

/// <summary>One budget for what all connections hold of messages.</summary>
public class MemoryBudgetTests
{
    private const int Budget = 1024 * 1024;

    [Theory, InMemoryAndOverKestrel]
    public async Task The_connection_that_holds_most_is_aborted_and_the_others_live(ServerKind kind)
    {
        var hoarder = new TaskCompletionSource<WebSocketClosure>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = Start(
            async connection =>
            {
                await foreach (var message in connection.ReadAllAsync())
                {
                    await connection.SendAsync(message);
                }

                if ((await connection.Completion).Limit is not null)
                {
                    hoarder.TrySetResult(await connection.Completion);
                }
            },
            kind);
        using var metrics = new RecordedMetrics(app);
        await using var modest = await app.ConnectAsync();
        await using var greedy = await app.ConnectAsync();
        await modest.SendFramesAsync(TestFrame.Binary(new byte[300 * 1024]) with { Fin = false });
        await greedy.SendFramesAsync(TestFrame.Binary(new byte[900 * 1024]) with { Fin = false });

        var closure = await hoarder.Task.Within();
        closure.Code.ShouldBe(WebSocketClosure.Abnormal);
        closure.Limit.ShouldBe(WebSocketLimit.Memory);
        closure.Reason.ShouldContain("memory budget");
        await metrics.SumAsync("rawwebsocket.limits", 1, "rawwebsocket.limit=memory");
        (await app.Log.FirstAsync(15)).Message.ShouldContain($"{Budget} bytes was exceeded: 1 WebSockets");
        (await greedy.ExpectEndAsync()).ShouldBe(TransportEnd.Reset);

        await modest.SendFramesAsync(TestFrame.Continuation(new byte[10]));
        (await modest.ExpectMessageAsync()).Payload.Length.ShouldBe((300 * 1024) + 10);
    }

    [Fact]
    public async Task Nobody_is_shed_for_the_message_that_one_who_has_ended_still_holds()
    {
        var stuck = new Gate();
        var gone = new Gate();
        var ended = new Recorder<WebSocketLimit?>();
        await using var app = Start(async connection =>
        {
            if (await connection.ReceiveAsync() is { Length: > 10 })
            {
                await connection.Completion;
                gone.Open();
                await stuck.PassAsync();
            }

            ended.Add((await connection.Completion).Limit);
        });
        await using var holder = await app.ConnectAsync();
        await holder.SendFragmentsAsync(WebSocketMessageType.Binary, new byte[700 * 1024], new byte[100 * 1024]);
        await holder.DropAsync();
        await gone.PassAsync();
        await using var hoarder = await app.ConnectAsync();
        var sending = hoarder.SendFramesAsync(
            TestFrame.Binary(new byte[700 * 1024]) with { Fin = false }, TestFrame.Continuation(new byte[10]));
        stuck.Open();
        await sending;
        await hoarder.DropAsync();
        await ended.CountAsync(2);
        ended.ShouldAllBe(limit => limit == null);
        app.Log.Entries.ShouldNotContain(entry => entry.IsOurs && entry.EventId == 15);
    }

    private static TestApp Start(Func<WebSocketConnection, Task> handler, ServerKind kind = ServerKind.InMemory) => TestApp.With(
        handler,
        options => options.ReceiveAheadBytes = Budget,
        builder => builder.Services.Configure<RawWebSocketOptions>(options => options.Server.MemoryBudget = Budget),
        kind);
}
