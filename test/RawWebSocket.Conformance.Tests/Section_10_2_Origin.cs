namespace RawWebSocket.Conformance.Tests;

/// <summary>RFC 6455 sections 4.2.2 item 4 and 10.2: whose pages may connect.</summary>
public class Section_10_2_Origin(KestrelServer server) : HandshakeConformance(server)
{
    // Section 4.2.1 item 7: who sends none is not a browser.
    [Fact]
    public async Task No_origin_is_let_in() => await OpensAsync(Request(With()));

    // RFC 6454 section 5: the same are those of the same scheme, host and port, whatever their spelling.
    [Theory]
    [InlineData("server.example", "http://server.example")]
    [InlineData("server.example", "HTTP://SERVER.EXAMPLE")]
    [InlineData("server.example", "http://server.example:80")]
    [InlineData("server.example:80", "http://server.example")]
    [InlineData("server.example:8080", "http://server.example:8080")]
    [InlineData("127.0.0.1:5000", "http://127.0.0.1:5000")]
    [InlineData("[::1]:5000", "http://[::1]:5000")]
    public async Task The_servers_own_origin_is_let_in(string host, string origin) =>
        await OpensAsync(Request(With($"Host: {host}", $"Origin: {origin}")));

    [Theory]
    [InlineData("https://friend.example")]
    [InlineData("https://friend.example:443")]
    [InlineData("https://Friend.Example")]
    public async Task An_origin_that_the_server_lists_is_let_in(string origin) => await OpensAsync(Request(With($"Origin: {origin}")));

    // "If the server does not wish to accept this connection, it MUST return an appropriate HTTP error code (e.g., 403 Forbidden)".
    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("https://server.example")]
    [InlineData("http://server.example:8080")]
    [InlineData("http://server.example.evil.example")]
    [InlineData("http://evil.example/server.example")]
    [InlineData("http://evil.example#http://server.example")]
    [InlineData("http://server.example@evil.example")]
    [InlineData("http://xserver.example")]
    [InlineData("http://friend.example")]
    [InlineData("https://friend.example:444")]
    [InlineData("https://sub.friend.example")]
    [InlineData("ws://server.example")]
    [InlineData("file://")]
    [InlineData("null")]
    [InlineData("server.example")]
    [InlineData("http://server.example http://evil.example")]
    [InlineData("http://server.example, http://evil.example")]
    [InlineData("http://server.example/")]
    [InlineData("http://server.example\u00A0")]
    [InlineData("*")]
    public async Task Another_origin_is_forbidden(string origin) =>
        (await RefusesAsync(Request(With($"Origin: {origin}")))).StatusCode.ShouldBe(403);

    [Fact]
    public async Task Two_origins_are_refused()
    {
        await RefusesAsync(Request(With("Origin: http://server.example", "Origin: http://evil.example")));
        await RefusesAsync(Request(With("Origin: http://evil.example", "Origin: http://server.example")));
    }
}
