namespace RawWebSocket.Conformance.Tests;

/// <summary>RFC 6455 section 4.2.1: what the client's opening handshake must have, and how it may be spelled.</summary>
public class Section_4_2_1_Reading_the_request(KestrelServer server) : HandshakeConformance(server)
{
    private const string Path = Endpoints.Choosy;

    // Item 1: "An HTTP/1.1 or higher GET request".
    [Theory]
    [InlineData("POST")]
    [InlineData("HEAD")]
    [InlineData("PUT")]
    [InlineData("OPTIONS")]
    [InlineData("DELETE")]
    [InlineData("get")]
    [InlineData("WEBSOCKET")]
    public async Task Another_method_than_get_is_refused(string method) => await RefusesAsync(Request(With(), $"{method} {Path} HTTP/1.1"));

    [Fact]
    public async Task Http_1_0_is_refused() => await RefusesAsync(Request(With(), $"GET {Path} HTTP/1.0"));

    [Fact]
    public async Task The_request_uri_may_have_a_query() => await OpensAsync(Request(With(), $"GET {Path}?token=a%20b&x HTTP/1.1"));

    // Section 5.2.2 of RFC 2616, now 3.2.2 of RFC 9112: "a server MUST accept the absolute-form in requests".
    [Fact]
    public async Task The_request_uri_may_be_absolute() => await OpensAsync(Request(With(), $"GET http://server.example{Path} HTTP/1.1"));

    // Item 2: "A |Host| header field containing the server's authority."
    [Fact]
    public async Task A_request_without_a_host_is_refused() => await RefusesAsync(Request(Without("Host")));

    [Theory]
    [InlineData("Host:")]
    [InlineData("Host: a b")]
    [InlineData("Host: server.example/path")]
    public async Task A_host_that_is_no_authority_is_refused(string host) => await RefusesAsync(Request(With(host)));

    [Fact]
    public async Task Two_hosts_are_refused() => await RefusesAsync(Request(With("Host: server.example", "Host: server.example")));

    // Item 3: "An |Upgrade| header field containing the value "websocket", treated as an ASCII case-insensitive value."
    [Theory]
    [InlineData("Upgrade: websocket")]
    [InlineData("Upgrade: WebSocket")]
    [InlineData("Upgrade: WEBSOCKET")]
    [InlineData("UPGRADE: websocket")]
    [InlineData("upgrade:websocket")]
    [InlineData("Upgrade:   websocket   ")]
    [InlineData("Upgrade:\twebsocket\t")]
    [InlineData("Upgrade: websocket, h2c")]
    [InlineData("Upgrade: h2c,websocket")]
    [InlineData("Upgrade: ,, websocket ,")]
    public async Task Upgrade_is_read_in_any_case_and_from_a_list(string line) => await OpensAsync(Request(With(line)));

    [Fact]
    public async Task Upgrade_may_have_several_lines() => await OpensAsync(Request(With("Upgrade: h2c", "Upgrade: websocket")));

    [Theory]
    [InlineData("Upgrade:")]
    [InlineData("Upgrade: h2c")]
    [InlineData("Upgrade: websockets")]
    [InlineData("Upgrade: web socket")]
    [InlineData("Upgrade: \"websocket\"")]
    [InlineData("Upgrade: websocket;q=1")]
    [InlineData("Upgrade: xwebsocket")]
    [InlineData("Upgrade: web\u017Focket")]
    public async Task Another_upgrade_is_refused(string line) => await RefusesAsync(Request(With(line)));

    [Fact]
    public async Task A_request_without_upgrade_is_refused() => await RefusesAsync(Request(Without("Upgrade")));

    // Item 4: "A |Connection| header field that includes the token "Upgrade", treated as an ASCII case-insensitive value." Tabs inside of
    // the list are left to the unit tests: Kestrel itself reads this header too, and knows spaces only.
    [Theory]
    [InlineData("Connection: Upgrade")]
    [InlineData("Connection: upgrade")]
    [InlineData("connection:UPGRADE")]
    [InlineData("Connection:\tUpgrade ")]
    [InlineData("Connection: keep-alive, Upgrade")]
    [InlineData("Connection: Upgrade,keep-alive")]
    [InlineData("Connection: keep-alive ,  Upgrade , foo")]
    [InlineData("Connection: ,,Upgrade,")]
    [InlineData("Connection: Upgrade, Upgrade")]
    [InlineData("Connection: foo-upgrade, upgrade")]
    public async Task Connection_is_read_in_any_case_and_from_a_list(string line) => await OpensAsync(Request(With(line)));

    [Fact]
    public async Task Connection_may_have_several_lines()
    {
        await OpensAsync(Request(With("Connection: keep-alive", "Connection: Upgrade")));
        await OpensAsync(Request(With("Connection: Upgrade", "Connection: keep-alive")));
    }

    [Theory]
    [InlineData("Connection:")]
    [InlineData("Connection: keep-alive")]
    [InlineData("Connection: close")]
    [InlineData("Connection: Upgraded")]
    [InlineData("Connection: Up grade")]
    [InlineData("Connection: foo-upgrade")]
    [InlineData("Connection: keep-alive Upgrade")]
    [InlineData("Connection: keep-alive; Upgrade")]
    public async Task Another_connection_is_refused(string line) => await RefusesAsync(Request(With(line)));

    [Fact]
    public async Task A_request_without_connection_is_refused() => await RefusesAsync(Request(Without("Connection")));

    // Item 5: "a base64-encoded [...] value that, when decoded, is 16 bytes in length."
    [Theory]
    [InlineData("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("Sec-WebSocket-Key: /////////////////////w==")]
    [InlineData("SEC-WEBSOCKET-KEY:dGhlIHNhbXBsZSBub25jZQ==")]
    [InlineData("sec-websocket-key:  dGhlIHNhbXBsZSBub25jZQ==\t")]
    public async Task A_key_may_be_any_sixteen_bytes(string line) => await OpensAsync(Request([.. Without("Sec-WebSocket-Key"), line]));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("=")]
    [InlineData("========================")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ")] // no padding
    [InlineData("dGhlIHNhbXBsZSBub25jZQ=")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ===")]
    [InlineData("dGhlIHNhbXBsZSBub25j")] // 15 bytes
    [InlineData("dGhlIHNhbXBsZSBub25jZWU=")] // 17 bytes
    [InlineData("dGhlIHNhbXBsZSBub25jZWVlZWVlZWVlZWVlZWVlZWU=")] // 32 bytes
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==")]
    [InlineData("dGhlIHNhbXBs ZSBub25jZQ==")]
    [InlineData("\"dGhlIHNhbXBsZSBub25jZQ==\"")]
    [InlineData("dGhlIHNhbXBsZSBub25jZ-==")] // base64url
    [InlineData("dGhlIHNhbXBsZSBub25jZ_==")]
    [InlineData("dGhlIHNhbXBsZSBub25jZ*==")]
    [InlineData("dGhlIHNh=XBsZSBub25jZQ==")]
    public async Task Another_key_is_refused(string key) => await RefusesAsync(Request(With($"Sec-WebSocket-Key: {key}")));

    [Fact]
    public async Task A_request_without_a_key_is_refused() => await RefusesAsync(Request(Without("Sec-WebSocket-Key")));

    // Section 11.3.1: it "MUST NOT appear more than once in an HTTP request."
    [Fact]
    public async Task Two_keys_are_refused()
    {
        await RefusesAsync(Request(With($"Sec-WebSocket-Key: {Key}", $"Sec-WebSocket-Key: {Key}")));
        await RefusesAsync(Request(With($"Sec-WebSocket-Key: {Key}", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==")));
        await RefusesAsync(Request(With($"Sec-WebSocket-Key: {Key}", "Sec-WebSocket-Key:")));
    }

    // "Optionally, other header fields [...] Unknown header fields are ignored".
    [Fact]
    public async Task Other_header_fields_change_nothing() => await OpensAsync(Request(With(
        "Cookie: a=b", "User-Agent: test", "Pragma: no-cache", "Accept-Encoding: gzip", "X-Sec-WebSocket-Key: x", "Sec-WebSocket-Accept: x",
        "X:")));

    [Fact]
    public async Task The_header_fields_may_come_in_any_order() => await OpensAsync(Request([.. With().Reverse()]));

    // A body would stand where the first frame belongs.
    [Theory]
    [InlineData("Content-Length: 5")]
    [InlineData("Transfer-Encoding: chunked")]
    public async Task A_request_with_a_body_is_refused(string line) => await RefusesAsync(Request(With(line)));

    // Section 8.1: what is not UTF-8 fails "both during the opening handshake and during subsequent data exchange".
    [Theory]
    [InlineData("X-Text", 0xE9)]
    [InlineData("Cookie", 0xC0)]
    [InlineData("Origin", 0xFF)]
    [InlineData("Sec-WebSocket-Protocol", 0x80)]
    public async Task A_header_that_is_not_utf8_is_refused(string name, byte wrong)
    {
        var request = Request(With($"{name}: caf*"));
        request[request.AsSpan().IndexOf((byte)'*')] = wrong;
        await RefusesAsync(request);
    }

    // RFC 9112 section 5.1: "No whitespace is allowed between the field name and colon." Section 5.2: line folding is obsolete.
    [Theory]
    [InlineData("Sec-WebSocket-Version : 13")]
    [InlineData("Connection: keep-alive,\r\n Upgrade")]
    [InlineData("X-Evil: a\0b")]
    public async Task A_request_that_is_not_http_is_refused(string line) => await RefusesAsync(Request([.. With(), line]));
}
