using System.Net.WebSockets;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using RawWebSocket.Testing;

namespace RawWebSocket.Transport.Tests.WebSockets;

public sealed class EchoTests
{
    [Theory]
    [AllTransports]
    public async Task Messages_of_all_sizes_are_echoed(TransportKind kind)
    {
        await using var server = await StartAsync(kind);
        using var client = new ClientWebSocket();
        await client.ConnectAsync(new UriBuilder(server.Address) { Scheme = "ws" }.Uri, CancellationToken.None).Within();

        foreach (var size in new[] { 0, 1, 64, 125, 126, 4096, 65_535, 65_536, 300_000, 4_000_000 })
        {
            var message = RandomNumberGenerator.GetBytes(size);
            var send = client.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
            var buffer = new byte[size + 1];
            var have = 0;
            ValueWebSocketReceiveResult result;
            do
            {
                result = await client.ReceiveAsync(buffer.AsMemory(have), CancellationToken.None).Within();
                have += result.Count;
            }
            while (!result.EndOfMessage);

            await send.Within();
            buffer.AsSpan(0, have).SequenceEqual(message).ShouldBeTrue($"{size} bytes");
        }

        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", CancellationToken.None).Within();
    }

    [Theory]
    [AllTransports]
    public async Task Pipelined_frames_are_echoed_in_order(TransportKind kind)
    {
        await using var server = await StartAsync(kind);
        await using var client = await server.App.ConnectRawWebSocketAsync("/", options => options.Timeout = Waiting.Limit);

        for (var i = 0; i < 1000; i++)
        {
            await client.SendTextAsync($"message {i}");
        }

        for (var i = 0; i < 1000; i++)
        {
            await client.ExpectTextAsync($"message {i}");
        }
    }

    [Theory]
    [AllTransports]
    public async Task Many_clients_get_a_broadcast_and_the_stop_closes_them(TransportKind kind)
    {
        const int Count = 100;
        await using var server = await StartAsync(kind);
        var clients = await Task.WhenAll(Enumerable.Range(0, Count).Select(_ =>
            server.App.ConnectRawWebSocketAsync("/", options => options.Timeout = Waiting.Limit)));

        // Who gets its echo is known to the server.
        await Task.WhenAll(clients.Select(client => client.SendTextAsync("here")));
        await Task.WhenAll(clients.Select(client => client.ExpectTextAsync("here")));
        await clients[0].SendTextAsync("all: hello");
        await Task.WhenAll(clients.Select(client => client.ExpectTextAsync("all: hello")));
        var stopped = server.App.StopAsync();

        await Task.WhenAll(clients.Select(client => client.ExpectCloseAsync(WebSocketCloseStatus.EndpointUnavailable)));
        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
        await stopped.Within();
    }

    private static Task<Server> StartAsync(TransportKind kind) => Server.StartAsync(
        kind,
        app =>
        {
            app.UseRawWebSockets();
            app.MapRawWebSocket("/", new EchoHandler(), options => options.MaxMessageSize = 8 * 1024 * 1024);
        },
        host: builder => builder.Services.AddRawWebSockets());

    private sealed class EchoHandler : IWebSocketHandler
    {
        public async ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message)
        {
            if (message.Type == WebSocketMessageType.Text && message.Text.StartsWith("all:", StringComparison.Ordinal))
            {
                connection.Services.GetRequiredService<WebSocketGroups>().All.SendText(message.Text);
                return;
            }

            await connection.SendAsync(message);
        }
    }
}
