namespace RawWebSocket.Integration.Tests.Limits;

/// <summary>Four fragments a message.</summary>
public class FragmentLimitTests
{
    private const int Most = 4;

    [Theory, InMemoryAndOverKestrel]
    public async Task As_many_are_taken_and_one_more_fails_the_connection_after_what_was_complete(ServerKind kind)
    {
        var handler = ScriptedHandler.Echo();
        await using var app = TestApp.With(handler, options => options.MaxFragmentsPerMessage = Most, kind: kind);
        await using var socket = await app.ConnectAsync();
        using var metrics = new RecordedMetrics(app);
        await socket.SendFragmentsAsync("a", "", "", "b");
        await socket.ExpectTextAsync("ab");
        await socket.SendFragmentsAsync("c", "d", "e", "f");
        await socket.SendFragmentsAsync("a", "", "", "", "b");
        await socket.ExpectTextAsync("cdef");
        await socket.ExpectCloseAsync(WebSocketCloseStatus.PolicyViolation);
        (await socket.ExpectEndAsync()).ShouldBe(TransportEnd.Finished);
        var closure = await handler.Closed;
        closure.Limit.ShouldBe(WebSocketLimit.Fragments);
        closure.By.ShouldBe(ClosedBy.Server);
        await metrics.SumAsync("rawwebsocket.limits", 1, "rawwebsocket.limit=fragments");
    }

    [Theory]
    [InlineData("streamed")]
    [InlineData("asked for")]
    [InlineData("discarded")]
    public async Task They_are_counted_however_the_message_is_received(string how)
    {
        var closed = new TaskCompletionSource<WebSocketClosure>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = TestApp.With(
            async connection =>
            {
                await ReceiveAsync(how, connection);
                closed.SetResult(await connection.Completion);
            },
            options => options.MaxFragmentsPerMessage = Most);
        await using var socket = await app.ConnectAsync();
        await socket.SendFragmentsAsync("1", "2", "3", "4", "5");
        await socket.ExpectCloseAsync(WebSocketCloseStatus.PolicyViolation);
        (await closed.Task.Within()).Limit.ShouldBe(WebSocketLimit.Fragments);
    }

    private static async Task ReceiveAsync(string how, WebSocketConnection connection)
    {
        switch (how)
        {
            case "discarded":
                connection.DiscardMessages();
                break;
            case "streamed":
                await using (var stream = await connection.ReceiveStreamAsync())
                {
                    await Should.ThrowAsync<IOException>(stream!.CopyToAsync(Stream.Null));
                }

                break;
            default:
                (await connection.ReceiveAsync()).ShouldBeNull();
                break;
        }
    }
}
