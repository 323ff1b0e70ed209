namespace RawWebSocket.Conformance.Tests;

/// <summary>RFC 6455 section 4.2.2: the server's opening handshake, its choice of a subprotocol and of extensions.</summary>
public class Section_4_2_2_Answering_the_request(KestrelServer server) : HandshakeConformance(server)
{
    [Fact]
    public async Task The_answer_is_that_of_the_rfcs_own_example()
    {
        var head = await OpensAsync(Request(With("Origin: http://server.example", "Sec-WebSocket-Protocol: chat, superchat")));
        head.StatusLine.ShouldBe("HTTP/1.1 101 Switching Protocols");
        head.Of("Upgrade").ShouldHaveSingleItem().ShouldBe("websocket");
        head.Of("Connection").ShouldHaveSingleItem().ShouldBe("Upgrade");
        head.Of("Sec-WebSocket-Accept").ShouldBe([Accept]);
        head.Of("Sec-WebSocket-Protocol").ShouldBe(["chat"]);
        head.Of("Sec-WebSocket-Extensions").ShouldBeEmpty();
    }

    // A 101 has no body, so that neither header may speak of one (RFC 9110 section 8.6, RFC 9112 section 6.1).
    [Fact]
    public async Task The_answer_says_nothing_of_a_body()
    {
        var head = await OpensAsync(Request(With()));
        head.Of("Content-Length").ShouldBeEmpty();
        head.Of("Transfer-Encoding").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA==", "ICX+Yqv66kxgM0FcWaLWlFLwTAI=")]
    [InlineData("x3JJHMbDL1EzLkh9GBhXDw==", "HSmrc0sMlYUkAGmm5OPpG2HaGWk=")]
    public async Task The_accept_value_is_made_from_the_key(string key, string accept)
    {
        var head = await OpensAsync(Request(With($"Sec-WebSocket-Key: {key}")));
        head.Of("Sec-WebSocket-Accept").ShouldBe([accept]);
    }

    // Item 5.4: the value "is not [...] decoded": the text as it came, without the white space around it.
    [Fact]
    public async Task White_space_around_the_key_does_not_count()
    {
        var head = await OpensAsync(Request(With($"Sec-WebSocket-Key: \t {Key} \t ")));
        head.Of("Sec-WebSocket-Accept").ShouldBe([Accept]);
    }

    // Item 4, /resource name/: "If the requested service is not available, the server MUST send an appropriate HTTP error code (such as
    // 404 Not Found) and abort the WebSocket handshake."
    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/")]
    [InlineData(Endpoints.Choosy + "/x")]
    public async Task A_resource_that_is_not_there_is_not_found(string path) =>
        (await RefusesAsync(Request(With(), $"GET {path} HTTP/1.1"))).StatusCode.ShouldBe(404);

    // Section 4.4: another version gets an error with the versions that the server speaks.
    [Theory]
    [InlineData("0")]
    [InlineData("7")]
    [InlineData("8")]
    [InlineData("12")]
    [InlineData("14")]
    [InlineData("25")]
    [InlineData("113")]
    [InlineData("130")]
    [InlineData("1 3")]
    [InlineData("thirteen")]
    [InlineData("13.0")]
    [InlineData("-13")]
    public async Task Another_version_is_told_the_right_one(string version)
    {
        var head = await RefusesAsync(Request(With($"Sec-WebSocket-Version: {version}")));
        head.StatusCode.ShouldBe(426);
        head.Of("Sec-WebSocket-Version").ShouldBe(["13"]);

        // RFC 9110 section 15.5.22: "The server MUST send an Upgrade header field in a 426 response".
        head.Of("Upgrade").ShouldBe(["websocket"]);
    }

    [Theory]
    [InlineData("Sec-WebSocket-Version:13")]
    [InlineData("sec-websocket-version: \t13\t ")]
    public async Task The_version_may_be_spelled_with_any_white_space(string line) =>
        await OpensAsync(Request([.. Without("Sec-WebSocket-Version"), line]));

    [Fact]
    public async Task A_request_without_a_version_is_refused() => await RefusesAsync(Request(Without("Sec-WebSocket-Version")));

    [Fact]
    public async Task An_empty_version_is_refused() => await RefusesAsync(Request(With("Sec-WebSocket-Version:")));

    // Section 11.3.5: it "MUST NOT appear more than once in an HTTP request."
    [Fact]
    public async Task Two_versions_are_refused()
    {
        await RefusesAsync(Request(With("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8")));
        await RefusesAsync(Request(With("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 13")));
    }

    // Item 5.5 of /subprotocol/: a value that the client has sent, or none.
    [Theory]
    [InlineData("chat")]
    [InlineData("superchat")]
    public async Task A_subprotocol_that_both_speak_is_chosen(string subprotocol) =>
        (await OpensAsync(Request(With($"Sec-WebSocket-Protocol: {subprotocol}")))).Of("Sec-WebSocket-Protocol").ShouldBe([subprotocol]);

    [Theory]
    [InlineData("superchat, chat", "chat")]
    [InlineData("unknown,superchat", "superchat")]
    [InlineData("  unknown\t,\tchat  ", "chat")]
    [InlineData(",,chat,,", "chat")]
    public async Task One_of_a_list_is_chosen(string offers, string chosen) =>
        (await OpensAsync(Request(With($"Sec-WebSocket-Protocol: {offers}")))).Of("Sec-WebSocket-Protocol").ShouldBe([chosen]);

    // Section 11.3.4: it "MAY appear multiple times in an HTTP request (which is logically the same as a single [...] header field".
    [Fact]
    public async Task One_of_several_lines_is_chosen() => (await OpensAsync(Request(
            With("Sec-WebSocket-Protocol: unknown", "Sec-WebSocket-Protocol: superchat"))))
        .Of("Sec-WebSocket-Protocol").ShouldBe(["superchat"]);

    // "The absence of such a field is equivalent to the null value (meaning that if the server does not wish to agree to one of the
    // suggested subprotocols, it MUST NOT send back a |Sec-WebSocket-Protocol| header field in its response)."
    [Theory]
    [InlineData("unknown")]
    [InlineData("Chat")]
    [InlineData("chats")]
    [InlineData("cha, t")]
    public async Task No_subprotocol_is_named_when_none_is_shared(string offers) =>
        (await OpensAsync(Request(With($"Sec-WebSocket-Protocol: {offers}")))).Of("Sec-WebSocket-Protocol").ShouldBeEmpty();

    [Fact]
    public async Task No_subprotocol_is_named_when_none_was_offered() =>
        (await OpensAsync(Request(With()))).Of("Sec-WebSocket-Protocol").ShouldBeEmpty();

    // Section 4.1 item 10: tokens, "and MUST all be unique strings."
    [Theory]
    [InlineData("chat; v=1")]
    [InlineData("\"chat\"")]
    [InlineData("chat superchat")]
    [InlineData("chat, super/chat")]
    [InlineData("chat, chat")]
    public async Task Subprotocols_that_are_no_list_of_tokens_are_refused(string offers) =>
        await RefusesAsync(Request(With($"Sec-WebSocket-Protocol: {offers}")));

    // Section 9.1: the server need not agree to any extension, and must not name one that was not offered.
    [Theory]
    [InlineData("foo")]
    [InlineData("foo; bar=baz, foo; bar=\"baz\"")]
    [InlineData("x-webkit-deflate-frame")]
    [InlineData(", foo ;a ; b = c ,")]
    public async Task Extensions_that_the_server_does_not_know_are_passed_over(string offers) =>
        (await OpensAsync(Request(With($"Sec-WebSocket-Extensions: {offers}")))).Of("Sec-WebSocket-Extensions").ShouldBeEmpty();

    // "If a value is received [...] that does not conform to the ABNF below, the recipient [...] MUST immediately _Fail_".
    [Theory]
    [InlineData("foo bar")]
    [InlineData("foo;")]
    [InlineData("foo; =bar")]
    [InlineData("foo; bar=")]
    [InlineData("foo; bar=\"")]
    [InlineData("foo; bar=\"a b\"")]
    [InlineData("; foo")]
    [InlineData("\"foo\"")]
    [InlineData("f(oo)")]
    public async Task Extensions_that_are_not_of_the_grammar_are_refused(string offers) =>
        await RefusesAsync(Request(With($"Sec-WebSocket-Extensions: {offers}")));
}
