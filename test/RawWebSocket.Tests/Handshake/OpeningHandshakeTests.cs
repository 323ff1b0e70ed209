using System.Globalization;
using RawWebSocket.Handshake;

namespace RawWebSocket.Tests.Handshake;

public class OpeningHandshakeTests
{
    private readonly HandshakeRequest _request = new();

    [Fact]
    public void The_sample_of_the_rfc_is_accepted_with_its_accept_key_and_no_subprotocol()
    {
        _request.ShouldBeAcceptedWith(HandshakeRequest.AcceptOfSampleKey);
        _request.ShouldBeAccepted().Subprotocol.ShouldBeNull();
    }

    [Theory]
    [InlineData("websocket")]
    [InlineData("WebSocket")]
    [InlineData("WEBSOCKET")]
    [InlineData("h2c, websocket")]
    [InlineData("\twebsocket \t,")]
    public void The_upgrade_token_counts_in_any_case_and_among_others(string value)
    {
        OpeningHandshake.IsWebSocketRequest(_request.With("Upgrade", value).Context).ShouldBeTrue();
        _request.ShouldBeAccepted();
    }

    [Theory]
    [InlineData("Upgrade")]
    [InlineData("upgrade")]
    [InlineData("keep-alive, Upgrade")]
    [InlineData("keep-alive ,, UPGRADE\t")]
    public void The_connection_token_counts_in_any_case_and_among_others(string value) =>
        _request.With("Connection", value).ShouldBeAccepted();

    [Fact]
    public void Tokens_are_found_on_any_of_several_header_lines() =>
        _request.With("Upgrade", "h2c", "websocket").With("Connection", "keep-alive", "Upgrade").ShouldBeAccepted();

    [Theory]
    [InlineData]
    [InlineData("")]
    [InlineData("h2c")]
    [InlineData("websockets")]
    [InlineData("websocket/13")]
    [InlineData("\u00A0websocket")]
    public void A_request_that_asks_for_no_websocket_gets_426_with_what_to_upgrade_to(params string[] lines)
    {
        OpeningHandshake.IsWebSocketRequest(_request.With("Upgrade", lines).Context).ShouldBeFalse();
        _request.ShouldBeRefused(RefusalReason.NotAnUpgrade, 426).Headers.ShouldBe(
            [new("Upgrade", "websocket"), new("Connection", "keep-alive, Upgrade")]);
    }

    [Fact]
    public void A_client_that_closes_after_this_request_is_not_promised_to_keep_alive() =>
        _request.With("Connection", "close").With("Upgrade").ShouldBeRefused(RefusalReason.NotAnUpgrade, 426)
            .Headers.ShouldContain(new KeyValuePair<string, string>("Connection", "close, Upgrade"));

    [Theory]
    [InlineData]
    [InlineData("")]
    [InlineData("keep-alive")]
    [InlineData("upgraded")]
    [InlineData("keep-alive Upgrade")]
    public void A_connection_header_without_the_token_upgrade_gets_400(params string[] lines) =>
        _request.With("Connection", lines).ShouldBeRefused(RefusalReason.ConnectionHeader, 400);

    [Theory]
    [InlineData("POST")]
    [InlineData("HEAD")]
    [InlineData("CONNECT")]
    public void A_method_other_than_get_gets_405_with_allow(string method)
    {
        _request.Http.Method = method;
        _request.ShouldBeRefused(RefusalReason.Method, 405).Headers.ShouldBe([new("Allow", "GET")]);
    }

    [Theory]
    [InlineData("HTTP/1.0")]
    [InlineData("HTTP/0.9")]
    [InlineData("")]
    public void An_http_version_below_1_1_gets_400(string protocol)
    {
        _request.Http.Protocol = protocol;
        _request.ShouldBeRefused(RefusalReason.HttpVersion, 400).Message.ShouldContain("needs HTTP/1.1");
    }

    [Theory]
    [InlineData("HTTP/2")]
    [InlineData("HTTP/3")]
    public void Http_2_and_3_without_an_extended_connect_get_400_that_names_rfc_8441(string protocol)
    {
        _request.Http.Protocol = protocol;
        _request.Http.Method = "CONNECT";
        var refused = _request.With("Upgrade").ShouldBeRefused(RefusalReason.HttpVersion, 400);
        refused.Message.ShouldContain("(RFC 8441)");

        // Upgrade and Connection are malformed in HTTP/2 (RFC 9113 section 8.2.2), so the answer must not have them.
        refused.Headers.ShouldBeEmpty();
    }

    [Theory]
    [InlineData]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("server.example.com", "server.example.com")]
    [InlineData("xn--0.example")]
    [InlineData("xn--99999999.example:8080")]
    public void A_host_that_is_missing_empty_repeated_or_broken_gets_400(params string[] lines) =>
        _request.With("Host", lines).ShouldBeRefused(RefusalReason.Host, 400);

    [Theory]
    [InlineData("localhost:5000")]
    [InlineData("[::1]:5000")]
    [InlineData("xn--bcher-kva.example")]
    public void A_host_with_a_port_an_address_or_punycode_is_accepted(string host) => _request.With("Host", host).ShouldBeAccepted();

    [Theory]
    [InlineData]
    [InlineData("")]
    [InlineData("8")]
    [InlineData("14")]
    [InlineData("013")]
    [InlineData("1 3")]
    [InlineData("13, 8")]
    [InlineData("13", "13")]
    [InlineData("８")]
    public void A_version_other_than_a_single_13_gets_426_that_names_13(params string[] lines)
    {
        var refused = _request.With("Sec-WebSocket-Version", lines).ShouldBeRefused(RefusalReason.WebSocketVersion, 426);
        refused.Headers.ShouldContain(new KeyValuePair<string, string>("Sec-WebSocket-Version", "13"));
        refused.Headers.ShouldContain(new KeyValuePair<string, string>("Upgrade", "websocket"));
    }

    [Fact]
    public void A_client_of_another_version_learns_of_13_even_without_a_key() =>
        _request.With("Sec-WebSocket-Version", "7").With("Sec-WebSocket-Key")
            .ShouldBeRefused(RefusalReason.WebSocketVersion, 426).Message.ShouldContain("'7'");

    [Theory]
    [InlineData]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ==")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==")]
    public void A_key_that_is_missing_malformed_or_repeated_gets_400(params string[] lines) =>
        _request.With("Sec-WebSocket-Key", lines).ShouldBeRefused(RefusalReason.Key, 400);

    [Fact]
    public void White_space_around_key_and_version_is_no_part_of_them() =>
        _request.With("Sec-WebSocket-Key", "\t dGhlIHNhbXBsZSBub25jZQ== ").With("Sec-WebSocket-Version", " 13\t")
            .ShouldBeAcceptedWith(HandshakeRequest.AcceptOfSampleKey);

    [Theory]
    [InlineData("Content-Length", "1")]
    [InlineData("Transfer-Encoding", "chunked")]
    public void A_request_with_a_body_gets_400(string header, string value) =>
        _request.With(header, value).ShouldBeRefused(RefusalReason.Body, 400);

    [Fact]
    public void A_content_length_of_zero_is_no_body() => _request.With("Content-Length", "0").ShouldBeAccepted();

    [Fact]
    public void Extensions_that_are_well_formed_are_left_alone() =>
        _request.With("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits").ShouldBeAccepted();

    [Fact]
    public void Extensions_that_are_malformed_get_400() =>
        _request.With("Sec-WebSocket-Extensions", "permessage-deflate;").ShouldBeRefused(RefusalReason.Extensions, 400);

    [Fact]
    public void A_foreign_origin_gets_403() =>
        _request.With("Origin", "http://evil.example").ShouldBeRefused(RefusalReason.Origin, 403);

    [Fact]
    public void The_agreed_subprotocol_is_part_of_the_verdict()
    {
        _request.Options.Subprotocols.Add("chat");
        _request.With("Sec-WebSocket-Protocol", "superchat, chat").ShouldBeAccepted().Subprotocol.ShouldBe("chat");
    }

    [Fact]
    public void A_missing_subprotocol_that_is_required_gets_400()
    {
        _request.Options.Subprotocols.Add("chat");
        _request.Options.RequireSubprotocol = true;
        _request.ShouldBeRefused(RefusalReason.SubprotocolMissing, 400);
    }

    [Fact]
    public void The_application_is_not_asked_about_the_origin_of_a_broken_handshake()
    {
        _request.Options.IsOriginAllowed = static (_, _) => throw new InvalidOperationException("Asked too early.");
        _request.With("Origin", "https://elsewhere.example").With("Sec-WebSocket-Key", "short").ShouldBeRefused(RefusalReason.Key, 400);
    }

    [Fact]
    public void What_a_message_repeats_of_the_request_is_short_and_printable()
    {
        var value = "<script>\r\nSet-Cookie: a=b\0é" + new string('x', 10_000);
        _request.With("Sec-WebSocket-Version", value).ShouldBeRefused(RefusalReason.WebSocketVersion, 426)
            .Message.ShouldContain("'?script???Set-Cookie: a=b??x");
    }

    [Fact]
    public void A_valid_handshake_allocates_its_accept_key_its_verdict_and_an_enumerator_of_its_headers_only()
    {
        _request.With("Origin", "http://server.example.com").With("Sec-WebSocket-Protocol", "chat")
            .With("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits");
        _request.Options.Subprotocols.Add("chat");
        _ = _request.Examine();

        const int Rounds = 100;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
        {
            _ = _request.Examine();
        }

        // A string of 28 characters, an object of two fields and a boxed enumerator, on a 64-bit runtime.
        var perRound = (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
        perRound.ShouldBeLessThanOrEqualTo(200, perRound.ToString(CultureInfo.InvariantCulture));
    }
}
