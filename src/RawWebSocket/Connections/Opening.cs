using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using RawWebSocket.Compression;

namespace RawWebSocket.Connections;

/// <summary>What a connection keeps of its opening handshake.</summary>
/// <remarks>
/// The request is copied when somebody asks for it, or at the latest before the server takes it back: most idle connections are never
/// asked, and the server keeps the original for as long as they live.
/// </remarks>
internal sealed class Opening
{
    private const long Never = long.MaxValue;

    // Read once, because a ticket keeps it as text.
    private readonly long _authenticatedUntil;
    private HttpContext? _context;
    private WebSocketRequest? _request;

    public Opening(HttpContext context, RawWebSocketOptions options, string? subprotocol, DeflateAgreement? compression)
    {
        _context = context;
        Subprotocol = subprotocol;
        Compression = compression;
        UserId = UserIdOf(context, options);
        _authenticatedUntil = options.CloseOnAuthenticationExpiration
            ? context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc?.UtcTicks ?? Never
            : Never;
    }

    public WebSocketRequest Request => Volatile.Read(ref _request) ?? KeepRequest();

    public string? Subprotocol { get; }

    /// <summary>What was agreed on about compression; null when nothing was.</summary>
    public DeflateAgreement? Compression { get; }

    /// <summary>The answer's <c>Sec-WebSocket-Extensions</c>; null when it has none.</summary>
    public string? Extensions => Compression?.ToString();

    /// <summary>Whose connection it is, for broadcasts to a user; null for nobody's.</summary>
    public string? UserId { get; }

    /// <summary>When the ticket expires that the user was authenticated with; null when there is none, or it does not matter.</summary>
    /// <remarks>
    /// Whether the user is let in is for authentication to say. A ticket that expires under way is no reason to refuse with a status that
    /// a browser's script cannot see: the connection opens, and closes at the next beat with a code that it can.
    /// </remarks>
    public DateTimeOffset? AuthenticatedUntil => _authenticatedUntil == Never ? null : new(_authenticatedUntil, TimeSpan.Zero);

    /// <summary>Copies the request, unless that has been done: after this the server may do with it what it likes.</summary>
    public WebSocketRequest KeepRequest()
    {
        lock (this)
        {
            if (_context is { } context)
            {
                Volatile.Write(ref _request, new WebSocketRequest(context));
                _context = null;
            }

            return _request!;
        }
    }

    // Nobody has no name that the claims could tell, so for the usual question nobody is made.
    private static string? UserIdOf(HttpContext context, RawWebSocketOptions options) =>
        WebSocketRequest.UserOf(context) is { } user ? options.UserIdentifier(user)
        : options.UserIdentifier == RawWebSocketOptions.NameIdentifier ? null
        : options.UserIdentifier(new ClaimsPrincipal(new ClaimsIdentity()));
}
