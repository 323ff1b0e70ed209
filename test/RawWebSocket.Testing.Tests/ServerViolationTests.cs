namespace RawWebSocket.Testing.Tests;

public class ServerViolationTests
{
    public static TheoryData<byte[], string> Violations => new()
    {
        { [0x81, 0x81, 0, 0, 0, 0, 0x61], "5.1: a server must not mask its frames. It sent: text" },
        { [0xC1, 0], "5.2: RSV1 must be 0 without an extension. It sent: text, RSV1" },
        { [0xA1, 0], "5.2: RSV2 and RSV3 must be 0. It sent: text, RSV2" },
        { [0x91, 0], "5.2: RSV2 and RSV3 must be 0. It sent: text, RSV3" },
        { [0x83, 0], "5.2: opcode 0x3 is reserved" },
        { [0x8B, 0], "5.2: opcode 0xB is reserved" },
        { [0x82, 126, 0, 125], "5.2: the length must use the fewest bytes" },
        { [0x82, 127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], "5.2: the length must use the fewest bytes" },
        { [0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0], "5.2: a payload this long cannot be meant" },
        { [0x09, 0], "5.5: a control frame must not be fragmented" },
        { [0x89, 126, 0, 126], "5.5: a control frame must not be longer than 125 bytes" },
        { [0x80, 0], "5.4: there is no message to continue" },
        { [0x01, 0, 0x81, 0], "5.4: the message before it is not finished" },
        { [0x81, 1, 0xFF], "8.1: the text is not UTF-8" },
        { [0x01, 1, 0xC3, 0x80, 0], "8.1: the text is not UTF-8" },
        { [0x88, 1, 3], "5.5.1: a close code has two bytes" },
        { [0x88, 2, 3, 0xED], "7.4: 1005 must not be sent as a close code. It sent: close, 1005 (Empty)" },
        { [0x88, 2, 0x13, 0x88], "7.4: 5000 must not be sent as a close code" },
        { [0x88, 3, 3, 0xE8, 0xFF], "5.5.1: the close reason must be UTF-8" },
    };

    [Theory, MemberData(nameof(Violations))]
    public async Task An_illegal_frame_is_a_violation(byte[] bytes, string words)
    {
        await using var factory = new EndpointFactory(ServerKind.InMemory, RawPeer.Sending(bytes));
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        var violation = await Should.ThrowAsync<ServerViolationException>(socket.ExpectMessageAsync);
        violation.Message.ShouldStartWith($"The server broke RFC 6455 section {words}");
    }

    [Theory]
    [InlineData(new byte[] { 0x88, 0, 0x81, 0 }, "no data frame may follow the close frame")]
    [InlineData(new byte[] { 0x88, 0, 0x88, 0 }, "only one close frame may be sent")]
    public async Task A_frame_after_the_close_frame_is_a_violation(byte[] bytes, string words)
    {
        await using var factory = new EndpointFactory(ServerKind.InMemory, RawPeer.Sending(bytes));
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        await socket.ExpectCloseAsync();
        (await Should.ThrowAsync<ServerViolationException>(socket.ExpectEndAsync)).Message.ShouldContain(words);
    }

    [Theory]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    public async Task The_longest_and_shortest_payload_of_each_length_encoding_are_legal(int length)
    {
        var frame = (TestFrame.Binary(new byte[length]) with { Masked = false }).ToBytes();
        await using var factory = new EndpointFactory(ServerKind.InMemory, RawPeer.Sending(frame));
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        (await socket.ExpectBinaryAsync()).Length.ShouldBe(length);
    }

    [Fact]
    public async Task A_character_cut_by_a_fragment_is_legal()
    {
        await using var factory = new EndpointFactory(ServerKind.InMemory, RawPeer.Sending(0x01, 1, 0xC3, 0x80, 1, 0xBC));
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        await socket.ExpectTextAsync("ü");
    }

    [Fact]
    public async Task With_an_extension_agreed_rsv1_is_legal()
    {
        await using var factory = new EndpointFactory(ServerKind.InMemory, async context =>
        {
            var peer = await RawPeer.AcceptAsync(context, headers => headers.SecWebSocketExtensions = "permessage-deflate; x=1");
            await peer.WriteAsync(0xC1, [0xFF]);
        });
        await using var socket = await factory.ConnectRawWebSocketAsync(
            "/", options => options.Headers.SecWebSocketExtensions = "x-other, permessage-deflate");
        socket.Extensions.ShouldBe("permessage-deflate; x=1");
        (await socket.ExpectFrameAsync()).Rsv1.ShouldBeTrue();
    }
}
