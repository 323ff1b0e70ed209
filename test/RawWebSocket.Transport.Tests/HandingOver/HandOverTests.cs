using System.Globalization;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using RawWebSocket.Testing;
using RawWebSocket.Tests;

namespace RawWebSocket.Transport.Tests.HandingOver;

/// <summary>A WebSocket whose request has ended with the handshake.</summary>
public sealed class HandOverTests
{
    private static readonly byte[] Handshake = Encoding.ASCII.GetBytes(
        "GET /?a=b HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");

    // "early", masked with zeros.
    private static readonly byte[] Early = [0x81, 0x85, 0, 0, 0, 0, .. "early"u8];

    [Fact]
    public async Task The_request_ends_with_the_handshake_and_the_connection_lives_on()
    {
        var ended = new TaskCompletionSource();
        await using var server = await StartAsync(middleware: async (context, next) =>
        {
            await next(context);
            ended.TrySetResult();
        });
        await using var client = await ConnectAsync(server);

        await ended.Task.Within();
        for (var i = 0; i < 100; i++)
        {
            await client.SendTextAsync($"{i}");
            await client.ExpectTextAsync($"{i}");
        }

        await client.SendTextAsync("request");
        await client.ExpectTextAsync("GET /");
        await client.CloseAsync();
    }

    [Fact]
    public async Task Nothing_of_the_request_flows_on_but_the_culture_and_the_server_forgets_it()
    {
        var local = new AsyncLocal<string>();
        var requests = new List<WeakReference>();
        await using var server = await StartAsync(
            middleware: async (context, next) =>
            {
                local.Value = "of the request";
                CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = new CultureInfo("de-AT");
                requests.Add(new WeakReference(context));
                await next(context);
            },
            onAsked: () => $"{local.Value ?? "nothing"}, {CultureInfo.CurrentCulture.Name}, {CultureInfo.CurrentUICulture.Name}");
        await using var client = await ConnectAsync(server);
        await client.SendTextAsync("what flows?");
        await client.ExpectTextAsync("nothing, de-AT, de-AT");

        await Waiting.UntilAsync(
            () =>
            {
                GC.Collect();
                return !requests.Single().IsAlive;
            },
            "the request is held while its WebSocket lives");
        await client.SendTextAsync("still here");
        await client.ExpectTextAsync("still here");
    }

    [Fact]
    public async Task A_peer_that_closes_and_does_not_read_what_is_left_is_reset_after_the_time_to_send()
    {
        const int Much = 16_000_000;
        var time = new ManualTimeProvider();
        await using var server = await StartAsync(
            configure: options => options.MaxQueuedBytes = 2 * Much,
            time: time,
            sockets: options => options.MaxWriteBufferSize = 4 * Much);
        using var socket = await RawClient.ConnectAsync(server.Port);
        await socket.SendAsync(Handshake);
        await socket.ReadUntilAsync("\r\n\r\n");

        // "much", and the close frame.
        await socket.SendAsync((byte[])[0x81, 0x84, 0, 0, 0, 0, .. "much"u8, 0x88, 0x80, 0, 0, 0, 0]);
        await Waiting.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return server.Log.Entries.Any(entry => entry.IsOurs && entry.Message.Contains("did not take the rest", StringComparison.Ordinal));
            },
            "the connection is held for ever");

        await socket.ShouldBeResetAsync();
    }

    [Fact]
    public async Task A_frame_that_comes_with_the_handshake_is_the_connections()
    {
        await using var server = await StartAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", server.Port);
        await socket.GetStream().WriteAsync((byte[])[.. Handshake, .. Early, .. Early]);

        (await ReadUntilAsync(socket, "early\u0081\u0005early")).ShouldStartWith("HTTP/1.1 101");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_endpoint_that_wants_its_request_and_a_host_that_counts_connections_keep_it(bool byOption)
    {
        var ended = new TaskCompletionSource();
        await using var server = await StartAsync(
            middleware: async (context, next) =>
            {
                await next(context);
                ended.TrySetResult();
            },
            configure: options => options.EndRequestAfterHandshake = !byOption,
            maxConnections: byOption ? null : 100);
        await using var client = await ConnectAsync(server);
        await client.SendTextAsync("here");
        await client.ExpectTextAsync("here");

        ended.Task.IsCompleted.ShouldBeFalse();
        await client.CloseAsync();
        await ended.Task.Within();
    }

    [Fact]
    public async Task The_hosts_stop_closes_it_and_waits_for_its_end()
    {
        var closed = new TaskCompletionSource<WebSocketClosure>();
        await using var server = await StartAsync(onClosed: closure => closed.TrySetResult(closure));
        await using var client = await ConnectAsync(server);
        await client.SendTextAsync("here");
        await client.ExpectTextAsync("here");

        var stopping = server.App.StopAsync();
        await client.ExpectCloseAsync(WebSocketCloseStatus.EndpointUnavailable);
        stopping.IsCompleted.ShouldBeFalse("The peer has not ended its side.");
        await client.DisposeAsync();
        await stopping.Within();
        closed.Task.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task An_abort_resets_it_and_a_peers_reset_ends_it()
    {
        var closed = new TaskCompletionSource<WebSocketClosure>();
        await using var server = await StartAsync(onClosed: closure => closed.TrySetResult(closure));
        await using (var client = await ConnectAsync(server))
        {
            await client.SendTextAsync("abort");
            (await client.ExpectEndAsync()).ShouldBe(TransportEnd.Reset);
        }

        (await closed.Task.Within()).Code.ShouldBe(WebSocketClosure.Abnormal);
        closed = new();
        await using (var client = await ConnectAsync(server))
        {
            await client.SendTextAsync("here");
            await client.ExpectTextAsync("here");
            await client.DropAsync();
        }
    }

    private static Task<TestWebSocket> ConnectAsync(Server server) =>
        server.App.ConnectRawWebSocketAsync("/", options => options.Timeout = Waiting.Limit);

    private static Task<Server> StartAsync(
        Func<HttpContext, RequestDelegate, Task>? middleware = null,
        Action<RawWebSocketOptions>? configure = null,
        Action<WebSocketClosure>? onClosed = null,
        Func<string>? onAsked = null,
        long? maxConnections = null,
        TimeProvider? time = null,
        Action<SocketTransportOptions>? sockets = null) => Server.StartAsync(
            TransportKind.Epoll,
            app =>
            {
                if (middleware is not null)
                {
                    app.Use(middleware);
                }

                app.UseRouting();
                app.UseRawWebSockets();
                app.MapRawWebSocket("/", new Handler(onClosed, onAsked), configure);
            },
            kestrel: options => options.Limits.MaxConcurrentUpgradedConnections = maxConnections,
            sockets: sockets,
            host: builder => builder.Services.AddSingleton(time ?? TimeProvider.System).AddRawWebSockets());

    private static async Task<string> ReadUntilAsync(TcpClient socket, string end)
    {
        var text = "";
        var buffer = new byte[4096];
        while (!text.EndsWith(end, StringComparison.Ordinal))
        {
            var count = await socket.GetStream().ReadAsync(buffer).AsTask().Within();
            count.ShouldBeGreaterThan(0, text);
            text += Encoding.Latin1.GetString(buffer, 0, count);
        }

        return text;
    }

    private sealed class Handler(Action<WebSocketClosure>? onClosed, Func<string>? onAsked) : IWebSocketHandler
    {
        public async ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message)
        {
            switch (message.Text)
            {
                case "abort":
                    connection.Abort();
                    break;
                case "what flows?":
                    await connection.SendTextAsync(onAsked!());
                    break;
                case "much":
                    connection.PostBinary(new byte[16_000_000]);
                    break;
                case "request":
                    await connection.SendTextAsync($"GET {connection.Request.Path}");
                    break;
                default:
                    await connection.SendAsync(message);
                    break;
            }
        }

        public ValueTask OnClosedAsync(WebSocketConnection connection, WebSocketClosure closure)
        {
            onClosed?.Invoke(closure);
            return default;
        }
    }
}
