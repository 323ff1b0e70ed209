using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;

namespace RawWebSocket.Integration.Tests.Kit;

/// <summary>The framework's own client over HTTP/2, for an application on Kestrel with TLS.</summary>
internal static class Http2
{
    public static async Task<ClientWebSocket> ConnectAsync(TestApp app, string path = "/", Action<ClientWebSocketOptions>? configure = null)
    {
        _ = app.Services;
        var client = new ClientWebSocket();
        client.Options.HttpVersion = HttpVersion.Version20;
        client.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        client.Options.CollectHttpResponseDetails = true;
        configure?.Invoke(client.Options);
        var uri = new UriBuilder(app.ClientOptions.BaseAddress) { Scheme = "wss", Path = path }.Uri;
        await client.ConnectAsync(uri, Invoker(), CancellationToken.None).Within();
        return client;
    }

    public static async Task ShouldEchoAsync(this ClientWebSocket client, string text)
    {
        await client.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).Within();
        var buffer = new byte[1024];
        var result = await client.ReceiveAsync(buffer, CancellationToken.None).Within();
        Encoding.UTF8.GetString(buffer, 0, result.Count).ShouldBe(text);
    }

    /// <summary>For an application whose certificate was made for the tests.</summary>
    [SuppressMessage("Security", "CA5359", Justification = "The certificate was made for the tests.")]
    public static SocketsHttpHandler TrustingHandler()
    {
        var handler = new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        return handler;
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The invoker owns its handler.")]
    private static HttpMessageInvoker Invoker() => new(TrustingHandler());
}
