using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using RawWebSocket.Handshake;

namespace RawWebSocket.Tests.Handshake;

/// <summary>RFC 8441 section 5: which of RFC 6455's headers count over HTTP/2.</summary>
public class ExtendedConnectTests
{
    private readonly HandshakeRequest _request = new();

    public ExtendedConnectTests()
    {
        _request.Http.Protocol = HttpProtocol.Http2;
        _request.Http.Method = HttpMethods.Connect;
        _request.Context.Features.Set<IHttpExtendedConnectFeature>(new Connect("websocket"));
        _request.With("Upgrade").With("Connection").With("Sec-WebSocket-Key");
    }

    [Fact]
    public void It_needs_no_upgrade_no_connection_and_no_key_and_gets_no_accept_key() =>
        _request.ShouldBeAcceptedWith(acceptKey: null);

    [Fact]
    public void A_key_that_is_sent_all_the_same_is_not_looked_at() =>
        _request.With("Sec-WebSocket-Key", "no key").ShouldBeAcceptedWith(acceptKey: null);

    [Fact]
    public void Another_version_gets_426_that_names_13_without_headers_that_http_2_forbids()
    {
        var refused = _request.With("Sec-WebSocket-Version", "8").ShouldBeRefused(RefusalReason.WebSocketVersion, 426);
        refused.Headers.ShouldBe([new("Sec-WebSocket-Version", "13")]);
    }

    [Fact]
    public void Origin_subprotocols_and_extensions_count_as_over_http_1_1()
    {
        _request.Options.Subprotocols.Add("chat");
        _request.With("Sec-WebSocket-Protocol", "superchat, chat").ShouldBeAccepted().Subprotocol.ShouldBe("chat");
        _request.With("Origin", "http://server.example.com").ShouldBeAccepted();
        _request.With("Origin", "http://elsewhere.example").ShouldBeRefused(RefusalReason.Origin, 403);
        _request.With("Origin").With("Sec-WebSocket-Extensions", "a b").ShouldBeRefused(RefusalReason.Extensions, 400);
    }

    [Fact]
    public void Another_protocol_asks_for_no_websocket()
    {
        _request.Context.Features.Set<IHttpExtendedConnectFeature>(new Connect("webtransport"));
        OpeningHandshake.IsWebSocketRequest(_request.Context).ShouldBeFalse();
        _request.ShouldBeRefused(RefusalReason.HttpVersion, 400);
    }

    private sealed class Connect(string protocol) : IHttpExtendedConnectFeature
    {
        public bool IsExtendedConnect => true;

        public string? Protocol => protocol;

        public ValueTask<Stream> AcceptAsync() => throw new NotSupportedException();
    }
}
