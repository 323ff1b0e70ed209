namespace RawWebSocket.Fuzz.Mutations;

/// <summary>Values that mean something in an opening handshake, or nearly do.</summary>
internal static class HeaderValues
{
    /// <summary>What an endpoint may ask for, see <see cref="Targets.HandshakeInput"/>.</summary>
    public static readonly string[] Wishes = ["chat", "require", "client", "origins", "any-origin", "small", "extended-connect"];

    public static readonly string[] WishesThatRefuseNobody = ["chat", "client", "origins", "any-origin"];

    public static readonly string[][] FirstLineWords =
    [
        ["GET", "get", "POST", "CONNECT", "HEAD", "", "G\u0000T"],
        ["http", "https", "ws", "wss", "HTTPS", "", "gopher"],
        ["HTTP/1.1", "HTTP/1.0", "HTTP/2", "HTTP/3", "http/1.1", "HTTP/1.1\r", ""],
        Wishes,
    ];

    /// <summary>White space, separators, controls, letters that fold or look like others, and what is far too long.</summary>
    public static readonly string[] Anywhere =
    [
        "", " ", "\t", "\r", "\u0000", "\u007F", "\u0085", "\u00A0", "\u2028", "\uFEFF", "\u200B",
        "\u212A", "\u0130", "ı", "ſ", "é", "☃", "😀",
        ",", ",,,,", ";", "=", "\"", "\"\"", "\\", "\"\\", "'", "<script>", "%00",
        "://", ":", "@", "[", "]", "[]", "..", "-", "xn--", "xn--a",
        "{0}", new('a', 70), new('a', 300), new(',', 500), new('é', 300),
    ];

    /// <summary>The headers that an opening handshake may do without.</summary>
    public static (string Name, string[] Values)[] Optional =>
        [.. ByHeader.Where(static header => header.Name is "Origin" or "Sec-WebSocket-Protocol" or "Sec-WebSocket-Extensions")];

    public static readonly (string Name, string[] Values)[] ByHeader =
    [
        ("Host",
        [
            "server.example.com", "server.example.com:8080", "localhost", "127.0.0.1:5080", "[::1]", "[::1]:80", "[::1", "[]",
            "a:b", ":80", "bücher.example", "xn--bcher-kva.example", "xn--\u00FC", "xn--a", "XN--99999999999", "a..b", ".", "-",
        ]),
        ("Upgrade", ["websocket", "WebSocket", "WEBSOCKET", "h2c, websocket", "websocket/13", "web socket", "websocKet", "h2c"]),
        ("Connection", ["Upgrade", "upgrade", "keep-alive, Upgrade", "Upgrade,", "close", "keep-alive", "Upgrade2"]),
        ("Sec-WebSocket-Key",
        [
            "dGhlIHNhbXBsZSBub25jZQ==", "AAAAAAAAAAAAAAAAAAAAAA==", "AAAAAAAAAAAAAAAAAAAAAB==", "AAAAAAAAAAAAAAAAAAAAAAA=",
            "////////////////////////", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25j ZQ==", "==",
        ]),
        ("Sec-WebSocket-Version", ["13", "8", "13 ", "013", "+13", "13, 8", "13.0", "\u0661\u0663"]),
        ("Sec-WebSocket-Protocol",
        [
            "chat", "chat.v2", "chat, chat.v2", "chat,chat", "CHAT", "chat;v=2", "\"chat\"", "soap, wamp", "chat.v2, other, chat",
        ]),
        ("Sec-WebSocket-Extensions",
        [
            "permessage-deflate", "permessage-deflate; client_max_window_bits", "permessage-deflate; server_max_window_bits=10",
            "permessage-deflate; x=\"10\"", "x; y=\"\\1\\0\"", "x; y=\"a b\"", "x; y=\"a,b\"", "x; y=\"a;b\"", "x; y=\"",
            "x; y=\"\\", "x;;y", "x;=1", "x; y==1", "x y",
        ]),
        ("Origin",
        [
            "http://server.example.com", "https://server.example.com", "http://server.example.com:80", "HTTP://SERVER.EXAMPLE.COM",
            "http://server.example.com:8080", "https://example.com", "https://example.com.", "https://example.com/",
            "https://example.com:443", "http://[::1]:8080", "http://[0:0::1]:8080", "http://[::ffff:1.2.3.4]",
            "http://[::1%25eth0]", "https://bücher.example", "https://xn--bcher-kva.example", "https://BÜCHER.example", "null",
            "file://", "chrome-extension://abcdef", "http://evil.example", "http://server.example.com@evil.example",
            "http://server.example.com:99999", "http://server.example.com:0", "http://server.example.com:",
            "http://server.example.com:080", "http://[]", "http://[", "http:///", "//server.example.com",
        ]),
        ("Content-Length", ["0", "1", "00", "-1", "x", "99999999999999999999"]),
        ("Transfer-Encoding", ["chunked", "identity", ""]),
        ("X-Forwarded-For", ["10.0.0.1", "unknown", "::1"]),
    ];
}
