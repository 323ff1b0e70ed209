using RawWebSocket.Handshake;

namespace RawWebSocket.Tests.Handshake;

public class OriginTests
{
    private static bool CanParse(string text) => Origin.TryParse(text, out _);

    private static bool AreSame(string left, string right)
    {
        Origin.TryParse(left, out var leftOrigin).ShouldBeTrue(left);
        Origin.TryParse(right, out var rightOrigin).ShouldBeTrue(right);
        return leftOrigin.IsSameAs(rightOrigin);
    }

    [Theory]
    [InlineData("http://example.com", "http://example.com")]
    [InlineData("http://example.com", "http://example.com:80")]
    [InlineData("https://example.com:443", "https://example.com")]
    [InlineData("HTTPS://EXAMPLE.com", "https://example.COM")]
    [InlineData("http://example.com:8080", "http://example.com:08080")]
    [InlineData("https://bücher.example", "https://xn--bcher-kva.example")]
    [InlineData("https://BÜCHER.example", "https://XN--BCHER-KVA.example")]
    [InlineData("http://[::1]:5000", "http://[0:0:0:0:0:0:0:1]:5000")]
    [InlineData("http://[2001:DB8::a]", "http://[2001:db8:0:0::A]:80")]
    [InlineData("http://127.0.0.1:5000", "http://127.0.0.1:5000")]
    [InlineData("app://localhost", "APP://localhost")]
    public void Spellings_of_one_origin_are_the_same(string left, string right) => AreSame(left, right).ShouldBeTrue();

    [Theory]
    [InlineData("http://example.com", "https://example.com")]
    [InlineData("http://example.com:443", "https://example.com")]
    [InlineData("http://example.com", "http://example.com:8080")]
    [InlineData("http://example.com", "http://www.example.com")]
    [InlineData("http://example.com", "http://example.com.evil.example")]
    [InlineData("http://example.com", "http://example.com.")]
    [InlineData("http://localhost", "http://127.0.0.1")]
    [InlineData("http://[::1]", "http://[::2]")]
    [InlineData("https://bücher.example", "https://bucher.example")]
    [InlineData("app://localhost", "app://localhost:80")]
    public void Different_origins_are_not_the_same(string left, string right) => AreSame(left, right).ShouldBeFalse();

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("*")]
    [InlineData("example.com")]
    [InlineData("//example.com")]
    [InlineData("://example.com")]
    [InlineData("http:example.com")]
    [InlineData("http://")]
    [InlineData("http:///")]
    [InlineData("http://:80")]
    [InlineData("1http://example.com")]
    [InlineData("ht tp://example.com")]
    [InlineData("http://example.com/")]
    [InlineData("http://example.com/path")]
    [InlineData("http://example.com?query")]
    [InlineData("http://example.com#fragment")]
    [InlineData("http://user@example.com")]
    [InlineData("http://user:password@example.com")]
    [InlineData("http://example.com\\evil")]
    [InlineData("http://example.com ")]
    [InlineData(" http://example.com")]
    [InlineData("http://example.com http://other.example")]
    [InlineData("http://example.com, http://other.example")]
    [InlineData("http://example.com\0")]
    [InlineData("http://example.com:")]
    [InlineData("http://example.com:0")]
    [InlineData("http://example.com:65536")]
    [InlineData("http://example.com:99999999999")]
    [InlineData("http://example.com:+80")]
    [InlineData("http://example.com:-1")]
    [InlineData("http://example.com:80a")]
    [InlineData("http://example.com:80\0")]
    [InlineData("http://example.com:80:80")]
    [InlineData("http://example.com: 80")]
    [InlineData("http://exa%6dple.com")]
    [InlineData("http://*.example.com")]
    [InlineData("http://[")]
    [InlineData("http://]")]
    [InlineData("http://[]")]
    [InlineData("http://[::1")]
    [InlineData("http://[::1]x")]
    [InlineData("http://[::1]]")]
    [InlineData("http://[[::1]]")]
    [InlineData("http://[::1%25eth0]")]
    [InlineData("http://[1.2.3.4]")]
    [InlineData("http://[:::]")]
    [InlineData("http://::1")]
    [InlineData("http://bücher．example／evil")]
    [InlineData("http://\u00AD")]
    [InlineData("http://\uD800.example")]
    public void What_is_more_or_less_than_scheme_host_and_port_is_no_origin(string text) => CanParse(text).ShouldBeFalse();

    [Theory]
    [InlineData("http://a_b.internal:65535")]
    [InlineData("chrome-extension://abcdefghijklmnopabcdefghijklmnop")]
    [InlineData("moz-extension://0a1b2c3d-0000-4000-8000-000000000000")]
    [InlineData("capacitor://localhost")]
    public void Origins_that_real_clients_have_are_parsed(string text) => CanParse(text).ShouldBeTrue();

    [Fact]
    public void A_host_longer_than_any_name_is_no_origin()
    {
        CanParse("http://" + new string('a', 255)).ShouldBeTrue();
        CanParse("http://" + new string('a', 256)).ShouldBeFalse();
        CanParse("http://" + new string('ä', 20_000)).ShouldBeFalse();
    }
}
