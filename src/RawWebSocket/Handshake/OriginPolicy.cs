using Microsoft.AspNetCore.Http;

namespace RawWebSocket.Handshake;

/// <summary>
/// Which pages may connect (RFC 6455 sections 4.2.2 item 4 and 10.2). A browser sends cookies along to any server that a page names,
/// and the origin is all that tells the server's own page from another.
/// </summary>
internal static class OriginPolicy
{
    public static HandshakeVerdict.Refused? Check(HttpContext context, RawWebSocketOptions options)
    {
        var lines = context.Request.Headers.Origin;
        if (lines.Count == 0)
        {
            // 4.2.1 item 7: "A connection attempt lacking this header field SHOULD NOT be interpreted as coming from a browser client."
            return null;
        }

        // RFC 6454 section 7.3: "the user agent MUST NOT include more than one Origin header field".
        if (lines.Count > 1)
        {
            return Refuse($"The request has {lines.Count} Origin headers; send one, or none.");
        }

        if (options.AllowAnyOrigin)
        {
            return null;
        }

        // 4.2.2 item 4: "If the server does not wish to accept this connection, it MUST return an appropriate HTTP error code".
        var text = HeaderTokens.TrimWhitespace(lines[0]);
        return IsOwnOrListed(text, context.Request, options) || options.IsOriginAllowed?.Invoke(context, text.ToString()) == true
            ? null
            : RefuseForeign(text, context.Request);
    }

    // What is malformed is nobody's own and cannot be listed; only the application can know a client that sends such.
    private static bool IsOwnOrListed(ReadOnlySpan<char> text, HttpRequest request, RawWebSocketOptions options) =>
        Origin.TryParse(text, out var origin) && (IsOwn(origin, request) || IsListed(origin, options));

    private static bool IsOwn(Origin origin, HttpRequest request) =>
        Origin.TryParse(PageScheme(request.Scheme), request.Headers.Host.ToString(), out var own) && own.IsSameAs(origin);

    // Some proxies forward the scheme of a WebSocket request as ws or wss; the page it comes from has http or https.
    private static string PageScheme(string scheme) => scheme switch
    {
        "ws" => "http",
        "wss" => "https",
        _ => scheme,
    };

    // Parsed at each use, in place: that costs less than a lookup of something kept beside the options.
    private static bool IsListed(Origin origin, RawWebSocketOptions options)
    {
        foreach (var text in options.AllowedOrigins)
        {
            if (Origin.TryParse(text, out var allowed) && allowed.IsSameAs(origin))
            {
                return true;
            }
        }

        return false;
    }

    private static HandshakeVerdict.Refused RefuseForeign(ReadOnlySpan<char> origin, HttpRequest request)
    {
        if (!Origin.TryParse(origin, out _))
        {
            return origin is "null"
                ? Refuse("The opaque origin null is not allowed; connect from a page that has an origin of its own.")
                : Refuse($"The Origin header is {PeerText.Quote(origin)}; expected scheme://host or scheme://host:port and no more.");
        }

        var own = $"{PageScheme(request.Scheme)}://{request.Headers.Host}";
        return Refuse(
            $"The origin {PeerText.Quote(origin)} is not allowed; expected the server's own, {PeerText.Quote(own)}, "
            + "or one of its AllowedOrigins. Behind a proxy the server must be told the scheme and host that the page sees "
            + "(UseForwardedHeaders).");
    }

    private static HandshakeVerdict.Refused Refuse(string message) =>
        new(RefusalReason.Origin, StatusCodes.Status403Forbidden, message);
}
