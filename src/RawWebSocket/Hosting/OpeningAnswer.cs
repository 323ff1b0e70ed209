using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using RawWebSocket.Connections.Transports;
using RawWebSocket.Handshake;

namespace RawWebSocket.Hosting;

/// <summary>The server's opening handshake (RFC 6455 section 4.2.2 item 5) for a request that was accepted: 101 or 200, in time.</summary>
internal static class OpeningAnswer
{
    /// <summary>Answers and takes the connection over; null when that failed, and the request has been dealt with.</summary>
    public static async ValueTask<Upgraded?> SendAsync(
        HttpContext context, RawWebSocketServer server, RawWebSocketOptions options, HandshakeVerdict.Accepted accepted, string? extensions)
    {
        Prepare(context, accepted, extensions);
        var sending = Transport.UpgradeAsync(context, options.EndRequestAfterHandshake && server.Outliving.MayOutlive(context));
        if (sending.IsCompletedSuccessfully)
        {
            return sending.Result;
        }

        var upgrading = sending.AsTask();
        try
        {
            return await upgrading.WaitAsync(options.HandshakeTimeout, server.Connections.Time).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!upgrading.IsFaulted)
        {
            Refusal.Abort(context, server, options);
            await ReleaseAsync(upgrading).ConfigureAwait(false);
            return null;
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            TakeBack(context);
            if (!IsUpgradeLimit(context, exception))
            {
                throw;
            }
        }

        await Refusal.WriteAsync(context, server, server.RetryLater.For(RefusalReason.UpgradedConnections)).ConfigureAwait(false);
        return null;
    }

    // The server itself adds "Connection: Upgrade". An extended CONNECT is answered with 200 and neither Upgrade nor
    // Sec-WebSocket-Accept (RFC 8441 section 5).
    private static void Prepare(HttpContext context, HandshakeVerdict.Accepted accepted, string? extensions)
    {
        // A connection is not a request that takes long: neither timeouts nor durations of requests mean anything for it.
        context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
        SetMetricsDisabled(context, disabled: true);

        var headers = context.Response.Headers;
        if (OpeningHandshake.AcceptKeyFor(context) is { } acceptKey)
        {
            headers.Upgrade = "websocket";
            headers.SecWebSocketAccept = acceptKey;
        }

        if (accepted.Subprotocol is not null)
        {
            headers.SecWebSocketProtocol = accepted.Subprotocol;
        }

        if (extensions is not null)
        {
            headers.SecWebSocketExtensions = extensions;
        }
    }

    private static void TakeBack(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.Remove(HeaderNames.Upgrade);
        headers.Remove(HeaderNames.SecWebSocketAccept);
        headers.Remove(HeaderNames.SecWebSocketProtocol);
        headers.Remove(HeaderNames.SecWebSocketExtensions);
        SetMetricsDisabled(context, disabled: false);
    }

    // Kestrel throws one kind of exception for everything; only where it has a limit can that be it.
    private static bool IsUpgradeLimit(HttpContext context, Exception exception) =>
        exception is InvalidOperationException
        && context.RequestServices.GetService<IOptions<KestrelServerOptions>>()?.Value.Limits.MaxConcurrentUpgradedConnections is not null;

    // The abort makes a late answer end. It is waited for, because until then it uses the request, which the server will use again.
    private static async Task ReleaseAsync(Task<Upgraded> upgrading)
    {
        try
        {
            var late = await upgrading.ConfigureAwait(false);
            await late.Transport.CompleteAsync(late.Input, isAborted: true, TimeProvider.System, Timeout.InfiniteTimeSpan)
                .ConfigureAwait(false);
        }
        catch (Exception exception) when (Transport.IsDisconnect(exception))
        {
            // Ended by the abort, as it should.
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
