using System.Net.Sockets;

namespace RawWebSocket.Transport.Tests.Http;

public sealed class StopTests
{
    [Theory]
    [AllTransports]
    public async Task A_stop_waits_for_the_request_that_is_being_answered(TransportKind kind)
    {
        var (begun, mayEnd) = (Waiting.NewSignal(), Waiting.NewSignal());
        await using var server = await Server.StartAsync(kind, async context =>
        {
            begun.SetResult();
            await mayEnd.Task.Within();
            await context.Response.WriteAsync("whole");
        });
        using var client = await RawClient.ConnectAsync(server.Port);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await begun.Task.Within();

        var stopped = server.App.StopAsync();
        stopped.IsCompleted.ShouldBeFalse();
        mayEnd.SetResult();

        (await client.ReadToEndAsync()).ShouldContain("whole");
        await stopped.Within();
    }

    [Theory]
    [AllTransports]
    public async Task A_stop_that_may_not_wait_resets_the_connections(TransportKind kind)
    {
        var begun = Waiting.NewSignal();
        await using var server = await Server.StartAsync(kind, async context =>
        {
            begun.SetResult();
            await context.RequestAborted.CancelledAsync();
        });
        using var client = await RawClient.ConnectAsync(server.Port);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await begun.Task.Within();

        await server.App.StopAsync(new CancellationToken(canceled: true)).Within();

        await client.ShouldBeResetAsync();
    }

    [Theory]
    [AllTransports]
    public async Task Idle_connections_end_with_a_fin_and_nobody_is_let_in_any_more(TransportKind kind)
    {
        await using var server = await Server.StartAsync(kind, context => context.Response.WriteAsync("in"));
        var port = server.Port;
        using var client = await RawClient.ConnectAsync(port);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.ReadUntilAsync("\r\n0\r\n\r\n");

        await server.App.StopAsync().Within();

        (await client.ReadToEndAsync()).ShouldBeEmpty();
        await Should.ThrowAsync<SocketException>(() => RawClient.ConnectAsync(port));
    }
}
