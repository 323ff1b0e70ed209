using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using RawWebSocket.Compression;

namespace RawWebSocket.Connections;

/// <summary>What a connection keeps of its opening handshake.</summary>
/// <remarks>
/// The request is copied when somebody asks for it, or at the latest before the server takes it back: most idle connections are never
/// asked, and the server keeps the original for as long as they live. A struct, because every connection has one, which lends its lock.
/// </remarks>
internal struct Opening
{
    private Particulars _particulars;

    // The server's request, and from when it is kept the copy.
    private object _request;

    public Opening(HttpContext context, RawWebSocketOptions options, string? subprotocol, DeflateAgreement? compression)
    {
        _request = context;
        _particulars = Particulars.Of(subprotocol, compression, UserIdOf(context, options), AuthenticatedUntilOf(context, options));
    }

    public readonly string? Subprotocol => _particulars.Subprotocol;

    /// <summary>What was agreed on about compression; null when nothing was.</summary>
    public readonly DeflateAgreement? Compression => _particulars.Compression;

    /// <summary>The answer's <c>Sec-WebSocket-Extensions</c>; null when it has none.</summary>
    public readonly string? Extensions => Compression?.ToString();

    /// <summary>Whose connection it is, for broadcasts to a user; null for nobody's.</summary>
    public readonly string? UserId => _particulars.UserId;

    /// <summary>When the ticket expires that the user was authenticated with; null when there is none, or it does not matter.</summary>
    /// <remarks>
    /// Whether the user is let in is for authentication to say. A ticket that expires under way is no reason to refuse with a status that
    /// a browser's script cannot see: the connection opens, and closes at the next beat with a code that it can.
    /// </remarks>
    public readonly DateTimeOffset? AuthenticatedUntil => _particulars.AuthenticatedUntil;

    /// <summary>The same, with a ticket that the answer to the handshake has renewed.</summary>
    public readonly Opening WithAuthenticatedUntil(DateTimeOffset until)
    {
        var renewed = this;
        renewed._particulars = Particulars.Of(Subprotocol, Compression, UserId, until);
        return renewed;
    }

    public WebSocketRequest Request(object gate) => Volatile.Read(ref _request) as WebSocketRequest ?? KeepRequest(gate);

    /// <summary>Copies the request, unless that has been done: after this the server may do with it what it likes.</summary>
    public WebSocketRequest KeepRequest(object gate)
    {
        lock (gate)
        {
            if (_request is HttpContext context)
            {
                Volatile.Write(ref _request, new WebSocketRequest(context));
            }

            return (WebSocketRequest)_request;
        }
    }

    // Read once, because a ticket keeps it as text.
    private static DateTimeOffset? AuthenticatedUntilOf(HttpContext context, RawWebSocketOptions options) =>
        options.CloseOnAuthenticationExpiration
            ? context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc
            : null;

    // Nobody has no name that the claims could tell, so for the usual question nobody is made.
    private static string? UserIdOf(HttpContext context, RawWebSocketOptions options) =>
        WebSocketRequest.UserOf(context) is { } user ? options.UserIdentifier(user)
        : options.UserIdentifier == RawWebSocketOptions.NameIdentifier ? null
        : options.UserIdentifier(new ClaimsPrincipal(new ClaimsIdentity()));

    /// <summary>What many connections have nothing of; those share one.</summary>
    private sealed class Particulars
    {
        private const long Never = long.MaxValue;

        private static readonly Particulars None = new(null, null, null, Never);

        // Of UTC; a date with its offset would take twice as much.
        private readonly long _authenticatedUntil;

        private Particulars(string? subprotocol, DeflateAgreement? compression, string? userId, long authenticatedUntil)
        {
            Subprotocol = subprotocol;
            Compression = compression;
            UserId = userId;
            _authenticatedUntil = authenticatedUntil;
        }

        public string? Subprotocol { get; }

        public DeflateAgreement? Compression { get; }

        public string? UserId { get; }

        public DateTimeOffset? AuthenticatedUntil => _authenticatedUntil == Never ? null : new(_authenticatedUntil, TimeSpan.Zero);

        public static Particulars Of(
            string? subprotocol, DeflateAgreement? compression, string? userId, DateTimeOffset? authenticatedUntil) =>
            subprotocol is null && compression is null && userId is null && authenticatedUntil is null
                ? None
                : new Particulars(subprotocol, compression, userId, authenticatedUntil?.UtcTicks ?? Never);
    }
}
