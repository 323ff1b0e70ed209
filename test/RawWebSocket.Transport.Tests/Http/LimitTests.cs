using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace RawWebSocket.Transport.Tests.Http;

public sealed class LimitTests
{
    private const string Request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory]
    [AllTransports]
    public async Task No_more_connections_than_allowed(TransportKind kind)
    {
        await using var server = await Server.StartAsync(
            kind, context => context.Response.WriteAsync("in"), options => options.Limits.MaxConcurrentConnections = 2);
        using var first = await RawClient.ConnectAsync(server.Port);
        using var second = await RawClient.ConnectAsync(server.Port);
        await GetAsync(first);
        await GetAsync(second);

        using (var third = await RawClient.ConnectAsync(server.Port))
        {
            (await third.ReadToEndAsync()).ShouldBeEmpty();
        }

        first.Finish();
        await first.ReadToEndAsync();
        await Waiting.UntilAsync(() => TryGet(server.Port), "nobody was let in after one had left");
    }

    [Theory]
    [AllTransports]
    public async Task A_kept_connection_that_is_idle_too_long_is_closed(TransportKind kind)
    {
        await using var server = await Server.StartAsync(
            kind,
            context => context.Response.WriteAsync("in"),
            options => options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(3));
        using var client = await RawClient.ConnectAsync(server.Port);
        await GetAsync(client);

        (await client.ReadToEndAsync()).ShouldBeEmpty();
    }

    [Theory]
    [AllTransports]
    public async Task Headers_that_take_too_long_are_refused_with_408(TransportKind kind)
    {
        await using var server = await Server.StartAsync(
            kind, _ => Task.CompletedTask, options => options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1));
        using var client = await RawClient.ConnectAsync(server.Port);

        await client.SendAsync("GET / HTTP/1.1\r\n");

        (await client.ReadToEndAsync()).ShouldStartWith("HTTP/1.1 408 ");
    }

    [Theory]
    [AllTransports]
    public async Task A_client_that_does_not_read_its_answer_is_dropped(TransportKind kind)
    {
        var aborted = Waiting.NewSignal();
        await using var server = await Server.StartAsync(
            kind,
            async context =>
            {
                context.RequestAborted.Register(() => aborted.TrySetResult());
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await context.Response.Body.WriteAsync(new byte[100_000]);
                }
            },
            options => options.Limits.MinResponseDataRate = new MinDataRate(1_000_000, TimeSpan.FromSeconds(1.1)));
        using var client = await RawClient.ConnectAsync(server.Port, socket => socket.ReceiveBufferSize = 4096);

        await client.SendAsync(Request);

        await aborted.Task.Within();
        await client.ShouldBeResetAsync();
    }

    private static async Task GetAsync(RawClient client)
    {
        await client.SendAsync(Request);
        await client.ReadUntilAsync("\r\n0\r\n\r\n");
    }

    private static bool TryGet(int port)
    {
        using var client = RawClient.ConnectAsync(port).GetAwaiter().GetResult();
        client.Socket.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8);
        try
        {
            return client.Socket.Receive(new byte[100]) > 0;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
