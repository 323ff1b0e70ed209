using System.Net.WebSockets;

namespace RawWebSocket.Testing.Tests;

/// <summary>What a failed test says.</summary>
public class ExpectationFailedTests
{
    [Fact]
    public async Task When_nothing_comes_it_says_how_long_it_waited_and_what_had_come_before()
    {
        await using var factory = new EndpointFactory(ServerKind.InMemory, RawPeer.EchoAsync);
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        await socket.SendTextAsync("hello");
        await socket.ExpectTextAsync("hello");
        socket.Timeout = TimeSpan.FromMilliseconds(20);

        var failed = await Should.ThrowAsync<ExpectationFailedException>(() => socket.ExpectTextAsync("more"));

        failed.Message.ReplaceLineEndings("\n").ShouldBe("""
            Expected a text message, 4 bytes: "more", but met nothing came within 0.02 s; the connection is still open.
            What had gone to and fro before:
              sent text, 5 bytes: "hello"
              received text, 5 bytes: "hello"
            """);
    }

    [Fact]
    public async Task A_wait_that_failed_loses_nothing()
    {
        var goOn = new TaskCompletionSource();
        await using var factory = new EndpointFactory(ServerKind.InMemory, async context =>
        {
            var peer = await RawPeer.AcceptAsync(context);
            await peer.Stream.WriteAsync(new byte[] { 0x01, 1, (byte)'a', 0x80, 1 });
            await goOn.Task;
            await peer.Stream.WriteAsync(new byte[] { (byte)'b' });
        });
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        socket.Timeout = TimeSpan.FromMilliseconds(20);
        await Should.ThrowAsync<ExpectationFailedException>(socket.ExpectMessageAsync);
        await Should.ThrowAsync<ExpectationFailedException>(socket.ExpectMessageAsync);
        socket.Timeout = TimeSpan.FromSeconds(5);
        goOn.SetResult();
        await socket.ExpectTextAsync("ab");
    }

    [Theory]
    [InlineData(new byte[] { 0x81, 1, 0x61 }, "Expected a binary message, but met a text message, 1 byte: \"a\".")]
    [InlineData(new byte[] { 0x88, 3, 3, 0xEA, 0x78 }, "Expected a binary message, but met a close 1002 (ProtocolError) \"x\".")]
    [InlineData(new byte[] { 0x88, 0 }, "Expected a binary message, but met a close without a code.")]
    [InlineData(new byte[0], "Expected a binary message, but met the server ended the transport.")]
    [InlineData(new byte[] { 0x82, 2, 1 }, "but met the server ended the transport in the middle of a frame, after 3 of its bytes.")]
    [InlineData(new byte[] { 0x02, 0 }, "but met the server ended the transport in the middle of a message.")]
    public async Task When_something_else_comes_it_says_what(byte[] bytes, string words)
    {
        await using var factory = new EndpointFactory(ServerKind.InMemory, RawPeer.Sending(bytes));
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        (await Should.ThrowAsync<ExpectationFailedException>(socket.ExpectBinaryAsync)).Message.ShouldContain(words);
    }

    [Fact]
    public async Task Each_expectation_names_what_it_expected()
    {
        await using var factory = new EndpointFactory(ServerKind.InMemory, RawPeer.Sending());
        await using var socket = await factory.ConnectRawWebSocketAsync("/");

        (await Failure(socket.ExpectMessageAsync)).ShouldStartWith("Expected a message,");
        (await Failure(() => socket.ExpectTextAsync())).ShouldStartWith("Expected a text message,");
        (await Failure(() => socket.ExpectBinaryAsync([1]))).ShouldStartWith("Expected a binary message, 1 byte: 01,");
        (await Failure(() => socket.ExpectJsonAsync<Version>())).ShouldStartWith("Expected a text message with JSON for Version,");
        (await Failure(socket.ExpectFrameAsync)).ShouldStartWith("Expected a frame,");
        (await Failure(() => socket.ExpectFrameAsync(TestFrame.Ping()))).ShouldStartWith("Expected a frame: ping, empty,");
        (await Failure(socket.ExpectPingAsync)).ShouldStartWith("Expected a ping,");
        (await Failure(() => socket.ExpectPongAsync([9]))).ShouldStartWith("Expected pong, 1 byte: 09,");
        (await Failure(() => socket.ExpectCloseAsync(WebSocketCloseStatus.ProtocolError)))
            .ShouldStartWith("Expected a close 1002 (ProtocolError),");
        (await Failure(() => socket.CloseAsync())).ShouldStartWith("Expected the server's close frame,");
    }

    [Fact]
    public async Task Json_of_another_shape_is_shown()
    {
        await using var factory = new EndpointFactory(ServerKind.InMemory, RawPeer.EchoAsync);
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        await socket.SendTextAsync("[1]");
        (await Failure(() => socket.ExpectJsonAsync<Version>())).ShouldContain("but met text message, 3 bytes: \"[1]\"");
    }

    [Fact]
    public async Task Only_the_last_of_a_long_conversation_is_shown()
    {
        await using var factory = new EndpointFactory(ServerKind.InMemory, RawPeer.EchoAsync);
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        for (var i = 0; i < 12; i++)
        {
            await socket.SendTextAsync($"{i}");
        }

        var message = await Failure(socket.ExpectPingAsync);
        message.ShouldContain("… 3 more");
        message.ShouldContain("sent text, 2 bytes: \"11\"");
        message.ShouldNotContain("\"2\"");
    }

    [Fact]
    public async Task Two_expectations_at_once_are_a_mistake_of_the_test()
    {
        await using var factory = new EndpointFactory(ServerKind.InMemory, RawPeer.EchoAsync);
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        var first = socket.ExpectTextAsync("a");
        await Should.ThrowAsync<InvalidOperationException>(() => socket.ExpectTextAsync("b"));
        await socket.SendTextAsync("a");
        await first;
    }

    private static async Task<string> Failure(Func<Task> expectation) =>
        (await Should.ThrowAsync<ExpectationFailedException>(expectation)).Message;
}
