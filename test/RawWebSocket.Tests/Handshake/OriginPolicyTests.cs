using Microsoft.AspNetCore.Http;
using RawWebSocket.Handshake;

namespace RawWebSocket.Tests.Handshake;

public class OriginPolicyTests
{
    private readonly HttpContext _context = new DefaultHttpContext();
    private readonly RawWebSocketOptions _options = new();

    public OriginPolicyTests() => ServedAt("https", "example.com");

    private void ServedAt(string scheme, string host)
    {
        _context.Request.Scheme = scheme;
        _context.Request.Headers.Host = host;
    }

    private HandshakeVerdict.Refused? Check(params string[] origins)
    {
        _context.Request.Headers.Origin = origins;
        return OriginPolicy.Check(_context, _options);
    }

    private string ShouldRefuse(params string[] origins)
    {
        var refused = Check(origins).ShouldNotBeNull();
        refused.Reason.ShouldBe(RefusalReason.Origin);
        refused.StatusCode.ShouldBe(403);
        return refused.Message;
    }

    [Fact]
    public void A_request_without_an_origin_comes_from_no_page_and_is_allowed() => Check().ShouldBeNull();

    [Theory]
    [InlineData("https", "example.com", "https://example.com")]
    [InlineData("https", "EXAMPLE.com:443", "https://example.com")]
    [InlineData("http", "example.com", "http://example.com:80")]
    [InlineData("http", "localhost:5000", "http://localhost:5000")]
    [InlineData("http", "[::1]:5000", "http://[::1]:5000")]
    [InlineData("https", "xn--bcher-kva.example", "https://xn--bcher-kva.example")]
    [InlineData("https", "bücher.example", "https://xn--bcher-kva.example")]
    [InlineData("wss", "example.com", "https://example.com")]
    [InlineData("ws", "example.com:8080", "http://example.com:8080")]
    public void The_requests_own_origin_is_allowed(string scheme, string host, string origin)
    {
        ServedAt(scheme, host);
        Check(origin).ShouldBeNull();
    }

    [Theory]
    [InlineData("http://example.com")]
    [InlineData("https://example.com:8443")]
    [InlineData("https://evil.example")]
    [InlineData("https://sub.example.com")]
    [InlineData("wss://example.com")]
    public void Another_origin_is_refused_with_both_named(string origin)
    {
        var message = ShouldRefuse(origin);
        message.ShouldContain($"'{origin}'");
        message.ShouldContain("'https://example.com'");
    }

    [Theory]
    [InlineData("")]
    [InlineData("https://example.com/")]
    [InlineData("https://user@example.com")]
    [InlineData("https://example.com?x")]
    [InlineData("https://example.com https://example.com")]
    [InlineData("example.com")]
    [InlineData("null")]
    [InlineData("file://")]
    [InlineData("localhost:8080")]
    [InlineData("https://example.com:")]
    [InlineData("https://example.com:443:443")]
    [InlineData("https://example.com\0")]
    public void What_is_no_origin_is_never_the_requests_own_and_only_the_application_lets_it_in(string origin)
    {
        ShouldRefuse(origin);
        var asked = new List<string>();
        _options.IsOriginAllowed = (_, origin) =>
        {
            asked.Add(origin);
            return asked.Count == 2;
        };
        ShouldRefuse(origin);
        Check(origin).ShouldBeNull();
        asked.ShouldBe([origin, origin]);
    }

    [Fact]
    public void The_opaque_origin_is_refused_with_words_of_its_own() => ShouldRefuse("null").ShouldContain("The opaque origin null");

    [Theory]
    [InlineData("wss://device.example", "wss://device.example:443", true)]
    [InlineData("ws://device.example", "WS://Device.example:80", true)]
    [InlineData("wss://device.example", "https://device.example", false)]
    [InlineData("https://device.example", "wss://device.example", false)]
    public void The_address_of_a_websocket_is_an_origin_of_its_own_that_can_be_listed(string listed, string origin, bool isAllowed)
    {
        _options.AllowedOrigins.Add(listed);
        (Check(origin) is null).ShouldBe(isAllowed);
    }

    [Fact]
    public void A_host_that_cannot_be_parsed_is_nobodys_own()
    {
        ServedAt("https", "exa mple.com");
        ShouldRefuse("https://example.com");
    }

    [Fact]
    public void A_host_of_broken_punycode_throws_nothing()
    {
        ServedAt("https", "xn--\u00e4.example");
        ShouldRefuse("https://example.com");
        ServedAt("https", "xn--0.example");
        ShouldRefuse("https://example.com");
    }

    [Theory]
    [InlineData("https://app.example")]
    [InlineData("HTTPS://App.Example:443")]
    [InlineData("https://xn--bcher-kva.example")]
    [InlineData("http://localhost:3000")]
    [InlineData("capacitor://localhost")]
    public void A_listed_origin_is_allowed_however_it_is_spelt(string origin)
    {
        _options.AllowedOrigins.Add("https://app.example");
        _options.AllowedOrigins.Add("https://bücher.example");
        _options.AllowedOrigins.Add("http://localhost:3000");
        _options.AllowedOrigins.Add("capacitor://localhost");
        Check(origin).ShouldBeNull();
    }

    [Fact]
    public void The_own_origin_stays_allowed_beside_listed_ones()
    {
        _options.AllowedOrigins.Add("https://app.example");
        Check("https://example.com").ShouldBeNull();
        ShouldRefuse("https://app.example:444");
    }

    [Fact]
    public void The_application_is_asked_last_and_given_the_header_as_it_was_sent()
    {
        var asked = new List<string>();
        _options.AllowedOrigins.Add("https://listed.example");
        _options.IsOriginAllowed = (context, origin) =>
        {
            context.ShouldBeSameAs(_context);
            asked.Add(origin);
            return origin.EndsWith(".Tenant.example", StringComparison.Ordinal);
        };

        Check("https://example.com").ShouldBeNull();
        Check("https://listed.example").ShouldBeNull();
        Check("https://a.Tenant.example").ShouldBeNull();
        ShouldRefuse("https://other.example");
        asked.ShouldBe(["https://a.Tenant.example", "https://other.example"]);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("https://evil.example")]
    [InlineData("file://")]
    public void Any_origin_at_all_is_allowed_when_asked_for(string origin)
    {
        _options.AllowAnyOrigin = true;
        Check(origin).ShouldBeNull();
    }

    [Fact]
    public void Several_origin_headers_are_always_refused()
    {
        _options.AllowAnyOrigin = true;
        ShouldRefuse("https://example.com", "https://example.com").ShouldContain("2 Origin headers");
    }
}
