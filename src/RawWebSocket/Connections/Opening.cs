using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using RawWebSocket.Compression;

namespace RawWebSocket.Connections;

/// <summary>What a connection keeps of its opening handshake.</summary>
internal sealed class Opening(HttpContext context, RawWebSocketOptions options, string? subprotocol, DeflateAgreement? compression)
{
    public WebSocketRequest Request { get; } = new(context);

    public string? Subprotocol { get; } = subprotocol;

    /// <summary>What was agreed on about compression; null when nothing was.</summary>
    public DeflateAgreement? Compression { get; } = compression;

    /// <summary>The answer's <c>Sec-WebSocket-Extensions</c>; null when it has none.</summary>
    public string? Extensions { get; } = compression?.ToString();

    /// <summary>Whose connection it is, for broadcasts to a user; null for nobody's.</summary>
    public string? UserId { get; } = options.UserIdentifier(context.User);

    /// <summary>When the ticket expires that the user was authenticated with; null when there is none, or it does not matter.</summary>
    /// <remarks>
    /// Whether the user is let in is for authentication to say. A ticket that expires under way is no reason to refuse with a status that
    /// a browser's script cannot see: the connection opens, and closes at the next beat with a code that it can.
    /// </remarks>
    public DateTimeOffset? AuthenticatedUntil { get; } = options.CloseOnAuthenticationExpiration
        ? context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc
        : null;
}
