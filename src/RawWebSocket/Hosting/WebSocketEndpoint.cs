using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Net.Http.Headers;
using RawWebSocket.Connections;
using RawWebSocket.Handshake;

namespace RawWebSocket.Hosting;

/// <summary>
/// A mapped endpoint: what routing runs when authorization and the rest have let the request through. Decides about the handshake,
/// answers 101 and runs the connection to its end.
/// </summary>
internal sealed class WebSocketEndpoint(
    RawWebSocketServer server, string pattern, RawWebSocketOptions options, Func<ValueTask<ActivatedHandler>> activate)
{
    private static readonly HandshakeVerdict.Refused Stopping = new(
        RefusalReason.Stopping, StatusCodes.Status503ServiceUnavailable, "The server is shutting down.");

    private static readonly HandshakeVerdict.Refused NotUpgradable = new(
        RefusalReason.UpgradeUnavailable,
        StatusCodes.Status501NotImplemented,
        "This server cannot hand over the connection. In tests with TestServer, connect through RawWebSocket.Testing.");

    private static readonly HandshakeVerdict.Refused TooManyUpgraded = new(
        RefusalReason.Limit, StatusCodes.Status503ServiceUnavailable, "The server has as many upgraded connections as it allows.");

    public async Task HandleAsync(HttpContext context)
    {
        if (context.Features.Get<RawWebSocketMarker>() is null)
        {
            throw new InvalidOperationException(
                $"The WebSocket endpoint '{pattern}' was reached without RawWebSocket's middleware. Call app.UseRawWebSockets() in "
                + "Program.cs, before any call to UseEndpoints and before anything that ends the request.");
        }

        var verdict = server.IsStopping ? Stopping : OpeningHandshake.Examine(context, options);
        if (verdict is HandshakeVerdict.Accepted && !Transport.CanUpgrade(context))
        {
            verdict = NotUpgradable;
        }

        if (verdict is HandshakeVerdict.Accepted accepted)
        {
            await AcceptAsync(context, accepted).ConfigureAwait(false);
        }
        else
        {
            await Refusal.WriteAsync(context, server, (HandshakeVerdict.Refused)verdict).ConfigureAwait(false);
        }
    }

    private async Task AcceptAsync(HttpContext context, HandshakeVerdict.Accepted accepted)
    {
        // All that is the application's comes before the 101, so that what it throws is a 500 and not a connection that breaks.
        var opening = new Opening(context, options, accepted.Subprotocol);
        var activated = await activate().ConfigureAwait(false);
        await using var disposal = activated.ConfigureAwait(false);
        if (await TryUpgradeAsync(context, accepted).ConfigureAwait(false) is not { } transport)
        {
            await Refusal.WriteAsync(context, server, TooManyUpgraded).ConfigureAwait(false);
            return;
        }

        var connection = new Connection(
            server.Connections, options, transport, opening, activated.Handler, activated.Scope?.ServiceProvider);
        await connection.RunAsync(activated.Application).ConfigureAwait(false);
    }

    // RFC 6455 section 4.2.2 item 5: the server's opening handshake. The server itself adds "Connection: Upgrade".
    // An extended CONNECT is answered with 200 and neither of the first two headers (RFC 8441 section 5).
    private static async Task<Transport?> TryUpgradeAsync(HttpContext context, HandshakeVerdict.Accepted accepted)
    {
        // A connection is not a request that takes long: neither timeouts nor durations of requests mean anything for it.
        context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
        SetMetricsDisabled(context, disabled: true);

        var headers = context.Response.Headers;
        if (accepted.AcceptKey is not null)
        {
            headers.Upgrade = "websocket";
            headers.SecWebSocketAccept = accepted.AcceptKey;
        }

        if (accepted.Subprotocol is not null)
        {
            headers.SecWebSocketProtocol = accepted.Subprotocol;
        }

        try
        {
            return await Transport.UpgradeAsync(context).ConfigureAwait(false);
        }
        catch (InvalidOperationException) when (!context.Response.HasStarted)
        {
            // What Kestrel throws at its limit MaxConcurrentUpgradedConnections.
            headers.Remove(HeaderNames.Upgrade);
            headers.Remove(HeaderNames.SecWebSocketAccept);
            headers.Remove(HeaderNames.SecWebSocketProtocol);
            SetMetricsDisabled(context, disabled: false);
            return null;
        }
    }

    private static void SetMetricsDisabled(HttpContext context, bool disabled)
    {
        if (context.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
        {
            metrics.MetricsDisabled = disabled;
        }
    }
}
