using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using RawWebSocket.Compression;
using RawWebSocket.Connections;
using RawWebSocket.Connections.Transports;
using RawWebSocket.Diagnostics;
using RawWebSocket.Handshake;

namespace RawWebSocket.Hosting;

/// <summary>
/// A mapped endpoint: what routing runs when authorization and the rest have let the request through. Decides about the handshake,
/// answers 101 and runs the connection to its end.
/// </summary>
internal sealed class WebSocketEndpoint(
    RawWebSocketServer server, string pattern, RawWebSocketOptions options, Func<ValueTask<ActivatedHandler>> activate)
{
    // Kestrel, for one, knows no tabs in the list of a Connection header (RFC 9110 section 5.6.1 does), and does not upgrade what it does
    // not see.
    private static readonly HandshakeVerdict.Refused NotUpgradable = new(
        RefusalReason.UpgradeUnavailable,
        StatusCodes.Status501NotImplemented,
        "The server does not offer the connection of this request for an upgrade. Send the header Connection: Upgrade without tabs. "
            + "In tests with TestServer, connect through RawWebSocket.Testing.");

    private readonly ConnectionEndpoint _endpoint = new(server.Connections, options, server.GuardOf(pattern)) { Pattern = pattern };

    /// <summary>Tells whether the middleware is there; the endpoint's metadata has it.</summary>
    public RawWebSocketMarker Marker => server.Marker;

    public Task HandleAsync(HttpContext context)
    {
        if (!Marker.IsSeen(context))
        {
            throw new InvalidOperationException(
                $"The WebSocket endpoint '{pattern}' was reached without RawWebSocket's middleware. Call app.UseRawWebSockets() in "
                + "Program.cs, before any call to UseEndpoints and before anything that ends the request.");
        }

        var verdict = server.IsStopping ? server.RetryLater.For(RefusalReason.Stopping) : OpeningHandshake.Examine(context, options);
        if (verdict is HandshakeVerdict.Accepted && !Transport.CanUpgrade(context))
        {
            verdict = NotUpgradable;
        }

        if (verdict is HandshakeVerdict.Accepted && server.Gate.IsClosed)
        {
            verdict = server.RetryLater.For(RefusalReason.Memory);
        }

        return verdict is HandshakeVerdict.Accepted accepted
            ? RunAsync(OpenAsync(context, accepted))
            : Refusal.WriteAsync(context, server, (HandshakeVerdict.Refused)verdict);
    }

    // An open connection holds each asynchronous layer around it, so there is none when the 101 needs no waiting.
    private static Task RunAsync(ValueTask<Connection?> opening)
    {
        return opening.IsCompletedSuccessfully ? opening.Result?.RunAsync() ?? Task.CompletedTask : RunLaterAsync(opening);

        static async Task RunLaterAsync(ValueTask<Connection?> opening)
        {
            if (await opening.ConfigureAwait(false) is { } connection)
            {
                await connection.RunAsync().ConfigureAwait(false);
            }
        }
    }

    // Null when the request has been dealt with.
    private async ValueTask<Connection?> OpenAsync(HttpContext context, HandshakeVerdict.Accepted accepted)
    {
        // All that is the application's comes before the 101, so that what it throws is a 500 and not a connection that breaks.
        var compression = options.Compression.Mode == WebSocketCompressionMode.Off
            ? null
            : DeflateNegotiation.Negotiate(context.Request.Headers.SecWebSocketExtensions, DeflateTerms.Of(options.Compression));
        var opening = new Opening(context, options, accepted.Subprotocol, compression);
        var address = context.Features.Get<IHttpConnectionFeature>()?.RemoteIpAddress;
        var slot = server.Slots.TryTake(address, opening.UserId, out var full);
        if (slot is null)
        {
            if (full == RefusalReason.ConnectionsPerAddress && IsForwarded(context.Request))
            {
                Log.AddressOfProxy(server.Logger, address);
            }

            await Refusal.WriteAsync(context, server, server.RetryLater.For(full)).ConfigureAwait(false);
            return null;
        }

        ActivatedHandler? activated = null;
        Connection? connection = null;
        try
        {
            activated = await activate().ConfigureAwait(false);
            if (await OpeningAnswer.SendAsync(context, server, options, accepted, opening.Extensions).ConfigureAwait(false)
                is { } upgraded)
            {
                opening = opening.AuthenticatedUntil is { } until
                    && await TicketRenewal.FindAsync(context, until, server.Connections.Time, server.Logger).ConfigureAwait(false)
                        is { } renewed
                    ? opening.WithAuthenticatedUntil(renewed)
                    : opening;
                server.TransportWatch.OnNewcomer();
                connection = new Connection(_endpoint, upgraded, opening, activated, slot);
            }
        }
        finally
        {
            if (connection is null)
            {
                await GiveUpAsync(activated, slot).ConfigureAwait(false);
            }
        }

        return connection;
    }

    private static async ValueTask GiveUpAsync(ActivatedHandler? activated, ConnectionSlot slot)
    {
        using (slot)
        {
            if (activated is not null)
            {
                await activated.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    // The forwarded headers middleware takes away what it has used, so one that is still there may name the real address.
    private static bool IsForwarded(HttpRequest request) =>
        request.Headers.ContainsKey("X-Forwarded-For") || request.Headers.ContainsKey("Forwarded");
}
