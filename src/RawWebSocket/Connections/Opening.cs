using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using RawWebSocket.Compression;

namespace RawWebSocket.Connections;

/// <summary>What a connection keeps of its opening handshake.</summary>
internal sealed class Opening
{
    public Opening(HttpContext context, RawWebSocketOptions options, string? subprotocol, DeflateAgreement? compression)
    {
        Request = new WebSocketRequest(context);
        Subprotocol = subprotocol;
        Compression = compression;
        Extensions = compression?.ToString();
        UserId = options.UserIdentifier(Request.UserToLookAt);
        AuthenticatedUntil = options.CloseOnAuthenticationExpiration
            ? context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc
            : null;
    }

    public WebSocketRequest Request { get; }

    public string? Subprotocol { get; }

    /// <summary>What was agreed on about compression; null when nothing was.</summary>
    public DeflateAgreement? Compression { get; }

    /// <summary>The answer's <c>Sec-WebSocket-Extensions</c>; null when it has none.</summary>
    public string? Extensions { get; }

    /// <summary>Whose connection it is, for broadcasts to a user; null for nobody's.</summary>
    public string? UserId { get; }

    /// <summary>When the ticket expires that the user was authenticated with; null when there is none, or it does not matter.</summary>
    /// <remarks>
    /// Whether the user is let in is for authentication to say. A ticket that expires under way is no reason to refuse with a status that
    /// a browser's script cannot see: the connection opens, and closes at the next beat with a code that it can.
    /// </remarks>
    public DateTimeOffset? AuthenticatedUntil { get; }
}
