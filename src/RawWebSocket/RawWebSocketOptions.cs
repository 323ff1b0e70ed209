using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace RawWebSocket;

/// <summary>Which side's order decides when client and server share several subprotocols.</summary>
public enum SubprotocolPreference
{
    /// <summary>The order of <see cref="RawWebSocketOptions.Subprotocols"/>.</summary>
    Server,

    /// <summary>The order in which the client offered them.</summary>
    Client,
}

/// <summary>
/// How WebSocket endpoints behave. Set for all endpoints in <c>AddRawWebSockets</c>, or for one in <c>MapRawWebSocket</c>, which
/// starts from a copy of the former. Checked when the application starts; must not be changed afterwards.
/// </summary>
/// <remarks>Time limits are checked once a heartbeat, so they are kept to within a second, or a quarter of the smallest of them.</remarks>
public sealed partial class RawWebSocketOptions
{
    /// <summary>Limits and behaviour of all endpoints together. Set in <c>AddRawWebSockets</c> only.</summary>
    public RawWebSocketServerOptions Server { get; private set; } = new();

    /// <summary>Whether and how messages are compressed (permessage-deflate, RFC 7692); default not at all.</summary>
    public RawWebSocketCompressionOptions Compression { get; private set; } = new();

    /// <summary>
    /// The payload of each fragment when a long message is sent from a stream, in bytes; default 16 KiB, 1 byte to 64 KiB.
    /// </summary>
    public int SendFragmentSize { get; set; } = 16 * 1024;

    /// <summary>
    /// How long the peer may be silent before it is sent a ping (RFC 6455 section 5.5.2); default 30 seconds.
    /// <see cref="Timeout.InfiniteTimeSpan"/> turns keep-alive off. Any received byte counts as life.
    /// </summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long after a keep-alive ping the peer may stay silent before the connection is aborted (1006); default 20 seconds.
    /// Also the longest that <see cref="WebSocketConnection.PingAsync"/> waits.
    /// </summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long a closing handshake may take (RFC 6455 section 7.1.1), and how long messages that came before a close or a fault may
    /// take to be answered; default 5 seconds. Afterwards the transport is dropped.
    /// </summary>
    /// <remarks>
    /// Time in which the peer takes what was sent before the close frame does not count, where that can be seen: on Linux with Kestrel over
    /// HTTP/1.1. <see cref="SendTimeout"/> limits it: without any progress, and for each 64 KiB on the whole.
    /// </remarks>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The subprotocols the endpoint speaks, most wanted first (RFC 6455 section 4.2.2); default none.</summary>
    public IList<string> Subprotocols { get; private set; } = [];

    /// <summary>Whose order decides between several shared subprotocols; default the server's.</summary>
    public SubprotocolPreference SubprotocolPreference { get; set; }

    /// <summary>
    /// Refuse with 400 a client that offers none of <see cref="Subprotocols"/>; default false, which accepts it without one.
    /// </summary>
    public bool RequireSubprotocol { get; set; }

    /// <summary>
    /// Whether the request ends with the opening handshake where the transport can hand the connection over (<c>RawWebSocket.Transport</c>, over
    /// plain HTTP/1.1); default true. The connection then holds nothing of the request. False keeps the request until the connection has ended,
    /// for middleware that disposes or counts behind it. Rate limiting on the endpoint, a global rate limiter, and Kestrel's
    /// <c>MaxConcurrentConnections</c> and <c>MaxConcurrentUpgradedConnections</c> keep it, too.
    /// </summary>
    public bool EndRequestAfterHandshake { get; set; } = true;

    /// <summary>
    /// Origins allowed besides the request's own, such as <c>https://example.com</c>; scheme, host and port are compared as parsed
    /// (RFC 6454). Default none. A request without an <c>Origin</c> header does not come from a page and is allowed.
    /// </summary>
    /// <remarks>
    /// The request's own origin is made of its <c>Host</c> header, so a page whose name an attacker lets point to this server (DNS
    /// rebinding) is of that origin too. Only a list of the server's own names keeps it out: the setting <c>AllowedHosts</c>, or
    /// <c>RequireHost</c> on the endpoint. Native clients that send the server's address as their origin are listed with their scheme,
    /// such as <c>wss://example.com</c>.
    /// </remarks>
    public IList<string> AllowedOrigins { get; private set; } = [];

    /// <summary>Allow every origin, the opaque <c>null</c> included; default false. Only for endpoints that trust no cookie.</summary>
    public bool AllowAnyOrigin { get; set; }

    /// <summary>
    /// Decides about an origin that is neither the request's own nor in <see cref="AllowedOrigins"/>; default null: refused.
    /// </summary>
    /// <remarks>
    /// It is given the header as it was sent, whatever its form: <c>null</c> and <c>file://</c> of local pages, a host without a scheme, an
    /// address with a path. Compare all of it and not just how it ends.
    /// </remarks>
    public Func<HttpContext, string, bool>? IsOriginAllowed { get; set; }

    /// <summary>
    /// Names the user a connection belongs to, for <see cref="WebSocketGroups.User"/>; default the
    /// <see cref="ClaimTypes.NameIdentifier"/> claim. Null means no user.
    /// </summary>
    public Func<ClaimsPrincipal, string?> UserIdentifier { get; set; } = NameIdentifier;

    internal static Func<ClaimsPrincipal, string?> NameIdentifier { get; } =
        static user => user.FindFirst(ClaimTypes.NameIdentifier)?.Value;

    internal RawWebSocketOptions Clone()
    {
        var clone = (RawWebSocketOptions)MemberwiseClone();
        clone.Server = Server.Clone();
        clone.Compression = Compression.Clone();
        clone.Subprotocols = [.. Subprotocols];
        clone.AllowedOrigins = [.. AllowedOrigins];
        return clone;
    }
}
