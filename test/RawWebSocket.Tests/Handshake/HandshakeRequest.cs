using Microsoft.AspNetCore.Http;
using RawWebSocket.Handshake;

namespace RawWebSocket.Tests.Handshake;

/// <summary>The request of RFC 6455 section 1.3, to be spoilt one header at a time.</summary>
internal sealed class HandshakeRequest
{
    public const string AcceptOfSampleKey = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    public HandshakeRequest()
    {
        Http.Protocol = HttpProtocol.Http11;
        Http.Method = HttpMethods.Get;
        Http.Scheme = "http";
        Http.Path = "/chat";
        With("Host", "server.example.com");
        With("Upgrade", "websocket");
        With("Connection", "Upgrade");
        With("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        With("Sec-WebSocket-Version", "13");
    }

    public HttpContext Context { get; } = new DefaultHttpContext();

    public HttpRequest Http => Context.Request;

    public RawWebSocketOptions Options { get; } = new();

    /// <summary>Sets a header, one line for each value; none removes it.</summary>
    public HandshakeRequest With(string header, params string[] lines)
    {
        Http.Headers[header] = lines;
        return this;
    }

    public HandshakeVerdict Examine() => OpeningHandshake.Examine(Context, Options);

    public HandshakeVerdict.Accepted ShouldBeAccepted()
    {
        var verdict = Examine();
        verdict.ShouldBeOfType<HandshakeVerdict.Accepted>((verdict as HandshakeVerdict.Refused)?.Message);
        return (HandshakeVerdict.Accepted)verdict;
    }

    /// <summary>Accepted, and answered with this <c>Sec-WebSocket-Accept</c>; null for none.</summary>
    public void ShouldBeAcceptedWith(string? acceptKey)
    {
        ShouldBeAccepted();
        OpeningHandshake.AcceptKeyFor(Context).ShouldBe(acceptKey);
    }

    public HandshakeVerdict.Refused ShouldBeRefused(RefusalReason reason, int statusCode)
    {
        var refused = Examine().ShouldBeOfType<HandshakeVerdict.Refused>();
        refused.Reason.ShouldBe(reason);
        refused.StatusCode.ShouldBe(statusCode);
        refused.Message.ShouldAllBe(character => character >= ' ' && character <= '~');
        refused.Message.Length.ShouldBeLessThan(512);
        return refused;
    }
}
