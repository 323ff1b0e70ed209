using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace RawWebSocket.Transport.Tests.Http;

public sealed class ConnectionMiddlewareTests
{
    [Theory]
    [AllTransports]
    public async Task Middleware_sees_the_connection_before_HTTP_does(TransportKind kind)
    {
        await using var server = await Server.StartAsync(
            kind,
            context => context.Response.WriteAsync((string)context.Features.Get<IConnectionItemsFeature>()!.Items["note"]!),
            listen: listen => listen.Use(next => async connection =>
            {
                var result = await connection.Transport.Input.ReadAtLeastAsync(4);
                connection.Items["note"] = $"{(char)result.Buffer.FirstSpan[0]} from {connection.RemoteEndPoint!.AddressFamily}";
                connection.Transport.Input.AdvanceTo(result.Buffer.Start, result.Buffer.Start);
                await next(connection);
            }));
        using var client = new HttpClient();

        (await client.GetStringAsync(server.Address).Within()).ShouldBe("G from InterNetwork");
    }

    [Theory]
    [AllTransports]
    public async Task A_connection_gives_what_Kestrels_own_gives(TransportKind kind)
    {
        var seen = Waiting.NewSignal();
        await using var server = await Server.StartRawAsync(kind, connection =>
        {
            try
            {
                Check(connection);
                seen.SetResult();
            }
            catch (Exception exception)
            {
                seen.SetException(exception);
            }

            return Task.CompletedTask;
        });
        using var client = await RawClient.ConnectAsync(server.Port);

        await seen.Task.Within();
    }

    [Theory]
    [AllTransports]
    public async Task Both_ends_know_each_others_addresses(TransportKind kind)
    {
        await using var server = await Server.StartAsync(
            kind,
            app => app.Run(context => context.Response.WriteAsync(
                $"{context.Connection.LocalPort} {context.Connection.RemotePort} {context.Connection.RemoteIpAddress!.MapToIPv4()}")),
            options => options.Listen(IPAddress.Loopback, 0),
            listens: false);
        using var client = await RawClient.ConnectAsync(server.Port);

        await client.SendAsync("GET / HTTP/1.0\r\n\r\n");

        (await client.ReadToEndAsync()).ShouldEndWith($"\r\n\r\n{server.Port} {((IPEndPoint)client.Socket.LocalEndPoint!).Port} 127.0.0.1");
    }

    private static void Check(ConnectionContext connection)
    {
        connection.Features.Get<IConnectionIdFeature>()!.ConnectionId.ShouldBe(connection.ConnectionId);
        connection.ConnectionId.Length.ShouldBe(13);
        connection.Features.Get<IConnectionTransportFeature>()!.Transport.ShouldBeSameAs(connection.Transport);
        connection.Features.Get<IConnectionItemsFeature>()!.Items.ShouldBeSameAs(connection.Items);
        connection.Features.Get<IConnectionLifetimeFeature>()!.ConnectionClosed.ShouldBe(connection.ConnectionClosed);
        connection.Features.Get<IMemoryPoolFeature>()!.MemoryPool.MaxBufferSize.ShouldBeGreaterThanOrEqualTo(4096);
        connection.Features.Select(feature => feature.Key).ShouldContain(typeof(IConnectionIdFeature));
        connection.Features.Set<IServiceProvider>(null);
        connection.Features.Get<IServiceProvider>().ShouldBeNull();
    }
}
