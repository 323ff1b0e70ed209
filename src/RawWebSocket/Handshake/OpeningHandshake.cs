using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace RawWebSocket.Handshake;

/// <summary>The server's side of the opening handshake (RFC 6455 section 4.2): a request in, a verdict out.</summary>
internal static class OpeningHandshake
{
    private const string WebSocket = "websocket";
    private const string Version = "13";

    // RFC 9110 section 15.5.22: "The server MUST send an Upgrade header field in a 426 response", and section 7.8 the option upgrade with
    // it. Kestrel takes a Connection header without keep-alive for the wish to close, and a client may well ask again.
    private static readonly KeyValuePair<string, string>[] UpgradeHeaders =
    [
        new(HeaderNames.Upgrade, WebSocket),
        new(HeaderNames.Connection, "keep-alive, Upgrade"),
    ];

    // For a client that has said that this is its last request (RFC 9112 section 9.6).
    private static readonly KeyValuePair<string, string>[] ClosingUpgradeHeaders =
    [
        new(HeaderNames.Upgrade, WebSocket),
        new(HeaderNames.Connection, "close, Upgrade"),
    ];

    private static readonly KeyValuePair<string, string> VersionHeader = new(HeaderNames.SecWebSocketVersion, Version);

    private static readonly KeyValuePair<string, string>[] AllowHeaders = [new(HeaderNames.Allow, HttpMethods.Get)];

    /// <summary>Whether the request asks for a WebSocket at all, well or badly.</summary>
    public static bool IsWebSocketRequest(HttpContext context) => HasUpgrade(context.Request) || ExtendedConnect.IsWebSocket(context);

    /// <summary>Checks everything that can be checked before the 101; the first fault found is the answer.</summary>
    public static HandshakeVerdict Examine(HttpContext context, RawWebSocketOptions options)
    {
        var request = context.Request;
        string? subprotocol = null;

        // The WebSocket version comes before the key: a client of another version has other headers and must learn of 13.
        var refusal = (ExtendedConnect.IsWebSocket(context) ? CheckExtendedConnect(request) : CheckUpgradeRequest(request))
            ?? HandshakeLimits.Check(request, options)
            ?? CheckExtensions(request)
            ?? OriginPolicy.Check(context, options)
            ?? SubprotocolNegotiation.Negotiate(request.Headers.SecWebSocketProtocol, options, out subprotocol);

        if (refusal is not null)
        {
            return refusal;
        }

        return subprotocol is null ? HandshakeVerdict.Accepted.WithoutSubprotocol : new HandshakeVerdict.Accepted(subprotocol);
    }

    /// <summary>
    /// The value of <c>Sec-WebSocket-Accept</c> for a request that was accepted; null for an extended CONNECT, whose answer has none.
    /// </summary>
    public static string? AcceptKeyFor(HttpContext context) =>
        ExtendedConnect.IsWebSocket(context) ? null : AcceptKey.For(Key(context.Request));

    private static HandshakeVerdict.Refused? CheckUpgradeRequest(HttpRequest request) =>
        CheckHttpVersion(request)
            ?? CheckMethod(request)
            ?? CheckHost(request)
            ?? CheckUpgrade(request)
            ?? CheckConnection(request)
            ?? CheckWebSocketVersion(request)
            ?? CheckKey(request)
            ?? CheckBody(request);

    // RFC 8441 section 5: Upgrade, Connection, Sec-WebSocket-Key and Sec-WebSocket-Accept are not used, the other headers are.
    private static HandshakeVerdict.Refused? CheckExtendedConnect(HttpRequest request) =>
        CheckHost(request) ?? CheckWebSocketVersion(request);

    // 4.2.1 item 1: "An HTTP/1.1 or higher GET request". Higher ones have no Upgrade; they open WebSockets by RFC 8441.
    private static HandshakeVerdict.Refused? CheckHttpVersion(HttpRequest request)
    {
        var protocol = request.Protocol;
        if (HttpProtocol.IsHttp11(protocol))
        {
            return null;
        }

        return HttpProtocol.IsHttp2(protocol) || HttpProtocol.IsHttp3(protocol)
            ? BadRequest(
                RefusalReason.HttpVersion,
                $"In {protocol} a WebSocket is opened with an extended CONNECT whose protocol is websocket (RFC 8441).")
            : BadRequest(RefusalReason.HttpVersion, $"The HTTP version is {PeerText.Quote(protocol)}; a WebSocket needs HTTP/1.1.");
    }

    // 4.2.1 item 1: "An HTTP/1.1 or higher GET request".
    private static HandshakeVerdict.Refused? CheckMethod(HttpRequest request) =>
        HttpMethods.Get.Equals(request.Method, StringComparison.Ordinal)
            ? null
            : new(
                RefusalReason.Method,
                StatusCodes.Status405MethodNotAllowed,
                $"The method is {PeerText.Quote(request.Method)}; a WebSocket is opened with GET.",
                AllowHeaders);

    // 4.2.1 item 2: "A |Host| header field containing the server's authority."
    private static HandshakeVerdict.Refused? CheckHost(HttpRequest request) =>
        request.Headers.Host is [{ } host] && !string.IsNullOrWhiteSpace(host) && IsReadable(host)
            ? null
            : BadRequest(RefusalReason.Host, "The Host header is missing, empty, repeated or malformed; send one that names the server.");

    // HttpRequest.Host decodes punycode whenever it is read, and throws when that is broken: better a 400 here than a 500 later.
    private static bool IsReadable(string host)
    {
        try
        {
            _ = HostString.FromUriComponent(host);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // 4.2.1 item 3: "An |Upgrade| header field containing the value "websocket", treated as an ASCII case-insensitive value."
    private static HandshakeVerdict.Refused? CheckUpgrade(HttpRequest request) =>
        HasUpgrade(request)
            ? null
            : UpgradeRequired(
                RefusalReason.NotAnUpgrade,
                "This is a WebSocket endpoint; the request needs the header Upgrade: websocket.",
                UpgradeHeadersFor(request));

    // 4.2.1 item 4: "A |Connection| header field that includes the token "Upgrade", treated as an ASCII case-insensitive value."
    private static HandshakeVerdict.Refused? CheckConnection(HttpRequest request) =>
        HeaderTokens.Contains(request.Headers.Connection, HeaderNames.Upgrade)
            ? null
            : BadRequest(
                RefusalReason.ConnectionHeader,
                "The Connection header lacks the token Upgrade; a proxy in between may have removed it, or the server not seen it behind "
                    + "a tab.");

    // 4.2.1 item 6: "A |Sec-WebSocket-Version| header field, with a value of 13."
    // 4.2.2 item 4: else an error "(such as 426 Upgrade Required)" and a header "indicating the version(s) the server is capable of".
    private static HandshakeVerdict.Refused? CheckWebSocketVersion(HttpRequest request)
    {
        var lines = request.Headers.SecWebSocketVersion;
        if (lines.Count == 1 && HeaderTokens.TrimWhitespace(lines[0]).SequenceEqual(Version))
        {
            return null;
        }

        var found = lines.Count switch
        {
            0 => "missing",
            1 => PeerText.Quote(lines[0]),
            _ => $"there {lines.Count} times",
        };

        // Upgrade and Connection are malformed in HTTP/2 (RFC 9113 section 8.2.2).
        KeyValuePair<string, string>[] upgrade = HttpProtocol.IsHttp11(request.Protocol) ? UpgradeHeadersFor(request) : [];
        return UpgradeRequired(
            RefusalReason.WebSocketVersion,
            $"The Sec-WebSocket-Version header is {found}; this server speaks version 13 only.",
            [.. upgrade, VersionHeader]);
    }

    // 4.2.1 item 5: "A |Sec-WebSocket-Key| header field with a base64-encoded [...] value that, when decoded, is 16 bytes in length."
    // 11.3.1: it "MUST NOT appear more than once in an HTTP request".
    private static HandshakeVerdict.Refused? CheckKey(HttpRequest request)
    {
        var count = request.Headers.SecWebSocketKey.Count;
        if (count == 1 && AcceptKey.IsKey(Key(request)))
        {
            return null;
        }

        var found = count switch
        {
            0 => "missing",
            1 => "not 16 bytes in base64",
            _ => $"there {count} times",
        };
        return BadRequest(
            RefusalReason.Key,
            $"The Sec-WebSocket-Key header is {found}; send it once, with 16 random bytes in base64: 24 characters that end in ==.");
    }

    private static bool HasUpgrade(HttpRequest request) => HeaderTokens.Contains(request.Headers.Upgrade, WebSocket);

    private static ReadOnlySpan<char> Key(HttpRequest request) => HeaderTokens.TrimWhitespace(request.Headers.SecWebSocketKey[0]);

    // RFC 9110 section 7.8: the new protocol begins when the client "has completely sent the request message". A server that
    // does not read the body first would take it for frames, so none is allowed.
    private static HandshakeVerdict.Refused? CheckBody(HttpRequest request) =>
        request.ContentLength is null or 0 && request.Headers.TransferEncoding.Count == 0
            ? null
            : BadRequest(RefusalReason.Body, "The request has a body; send it without Content-Length and Transfer-Encoding.");

    // 9.1: "If a value is received [...] that does not conform to the ABNF below, the recipient of such malformed data MUST
    // immediately _Fail the WebSocket Connection_."
    private static HandshakeVerdict.Refused? CheckExtensions(HttpRequest request) =>
        ExtensionOffers.AreWellFormed(request.Headers.SecWebSocketExtensions)
            ? null
            : BadRequest(
                RefusalReason.Extensions,
                "The Sec-WebSocket-Extensions header is malformed; expected a list of names with parameters, such as "
                    + "permessage-deflate; server_max_window_bits=10.");

    private static KeyValuePair<string, string>[] UpgradeHeadersFor(HttpRequest request) =>
        HeaderTokens.Contains(request.Headers.Connection, "close") ? ClosingUpgradeHeaders : UpgradeHeaders;

    private static HandshakeVerdict.Refused BadRequest(RefusalReason reason, string message) =>
        new(reason, StatusCodes.Status400BadRequest, message);

    private static HandshakeVerdict.Refused UpgradeRequired(
        RefusalReason reason, string message, KeyValuePair<string, string>[] headers) =>
        new(reason, StatusCodes.Status426UpgradeRequired, message, headers);
}
