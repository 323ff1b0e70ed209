using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;

namespace RawWebSocket.Integration.Tests.Clients;

/// <summary>WebSockets over HTTP/2 (RFC 8441), as browsers open them from pages that came over HTTP/2.</summary>
public class Http2Tests
{
    [Fact]
    public async Task A_websocket_opens_with_an_extended_connect_echoes_and_closes_with_its_code()
    {
        await using var app = TestApp.With(ScriptedHandler.Echo(), kind: ServerKind.KestrelWithTls);
        using var client = await ConnectAsync(app);
        client.HttpStatusCode.ShouldBe(HttpStatusCode.OK);

        var largest = Bytes.Counting(1024 * 1024);
        var sending = client.SendAsync(largest, WebSocketMessageType.Binary, endOfMessage: true, Token());
        (await ReceiveAsync(client)).AsSpan().SequenceEqual(largest).ShouldBeTrue();
        await sending;

        await client.SendAsync("über HTTP/2"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, Token());
        Encoding.UTF8.GetString(await ReceiveAsync(client)).ShouldBe("über HTTP/2");

        await client.CloseAsync((WebSocketCloseStatus)4000, "enough", Token());
        client.CloseStatus.ShouldBe((WebSocketCloseStatus)4000);
        app.Log.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_fault_is_answered_with_its_code_behind_what_was_due_before_it()
    {
        await using var app = TestApp.With(ScriptedHandler.Echo(), kind: ServerKind.KestrelWithTls);
        using var client = await ConnectAsync(app);
        await client.SendAsync("before"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, Token());
        await client.SendAsync(new byte[] { 0xFF }, WebSocketMessageType.Text, endOfMessage: false, Token());
        Encoding.UTF8.GetString(await ReceiveAsync(client)).ShouldBe("before");
        var close = await client.ReceiveAsync(new byte[10], Token());
        close.CloseStatus.ShouldBe(WebSocketCloseStatus.InvalidPayloadData);
    }

    [Fact]
    public async Task Several_websockets_share_a_connection_and_end_apart()
    {
        await using var app = TestApp.With(connection => connection.ReceiveAsync().AsTask(), kind: ServerKind.KestrelWithTls);
        using var invoker = Invoker();
        using var first = await ConnectAsync(app, invoker);
        using var second = await ConnectAsync(app, invoker);

        first.Abort();
        await second.SendAsync("now"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, Token());
        (await second.ReceiveAsync(new byte[10], Token())).CloseStatus.ShouldBe(WebSocketCloseStatus.NormalClosure);
    }

    [Fact]
    public async Task A_subprotocol_is_agreed()
    {
        await using var app = TestApp.With(
            ScriptedHandler.Echo(), options => options.Subprotocols.Add("chat.v2"), kind: ServerKind.KestrelWithTls);
        using var client = await ConnectAsync(app, configure: options =>
        {
            options.AddSubProtocol("chat.v1");
            options.AddSubProtocol("chat.v2");
        });
        client.SubProtocol.ShouldBe("chat.v2");
    }

    [Fact]
    public async Task A_foreign_origin_is_refused()
    {
        await using var app = TestApp.With(ScriptedHandler.Echo(), kind: ServerKind.KestrelWithTls);
        await Should.ThrowAsync<WebSocketException>(
            () => ConnectAsync(app, configure: options => options.SetRequestHeader("Origin", "https://elsewhere.example")));
    }

    private static async Task<ClientWebSocket> ConnectAsync(
        TestApp app, HttpMessageInvoker? invoker = null, Action<ClientWebSocketOptions>? configure = null)
    {
        _ = app.Services;
        var client = new ClientWebSocket();
        client.Options.HttpVersion = HttpVersion.Version20;
        client.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        client.Options.CollectHttpResponseDetails = true;
        configure?.Invoke(client.Options);
        await client.ConnectAsync(new UriBuilder(app.ClientOptions.BaseAddress) { Scheme = "wss" }.Uri, invoker ?? Invoker(), Token());
        return client;
    }

    [SuppressMessage("Security", "CA5359", Justification = "The certificate was made for this test.")]
    [SuppressMessage("Reliability", "CA2000", Justification = "The invoker owns its handler.")]
    private static HttpMessageInvoker Invoker()
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        return new HttpMessageInvoker(handler);
    }

    private static async Task<byte[]> ReceiveAsync(ClientWebSocket client)
    {
        var content = new MemoryStream();
        var buffer = new byte[64 * 1024];
        ValueWebSocketReceiveResult result;
        do
        {
            result = await client.ReceiveAsync(buffer.AsMemory(), Token());
            content.Write(buffer, 0, result.Count);
        }
        while (!result.EndOfMessage);
        return content.ToArray();
    }

    private static CancellationToken Token() => new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token;
}
