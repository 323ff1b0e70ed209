namespace RawWebSocket.Conformance.Tests;

/// <summary>RFC 6455 sections 5.4 and 6.1: a message that the server sends in fragments.</summary>
public abstract class Section_5_4_Fragments_of_the_server(ConformanceServer server) : Conformance(server)
{
    // "A fragmented message consists of a single frame with the FIN bit clear and an opcode other than 0, followed by zero or more frames
    // with the FIN bit clear and the opcode set to 0, and terminated by a single frame with the FIN bit set and an opcode of 0."
    [Theory]
    [InlineData(FrameOpcode.Text)]
    [InlineData(FrameOpcode.Binary)]
    public async Task The_first_has_the_type_the_others_continue_and_the_last_has_the_fin_bit(FrameOpcode type)
    {
        await using var socket = await ConnectAsync(Endpoints.Streaming);
        await socket.SendFrameAsync(TestFrame.Text("one, ") with { Opcode = type });
        await socket.ExpectFrameAsync(TestFrame.Text("one, ") with { Opcode = type, Fin = false });
        await socket.SendTextAsync("two");
        await socket.ExpectFrameAsync(TestFrame.Continuation("two") with { Fin = false });
        await socket.SendTextAsync("");
        await socket.ExpectFrameAsync(TestFrame.Continuation(""));
    }

    // "The fragments of one message MUST NOT be interleaved between the fragments of another message".
    [Fact]
    public async Task Another_message_waits_until_it_has_ended()
    {
        await using var socket = await ConnectAsync(Endpoints.Streaming);
        await socket.SendTextAsync("one, ");
        await socket.ExpectFrameAsync(TestFrame.Text("one, ") with { Fin = false });
        await socket.ExpectSilenceAsync();
        await socket.SendTextAsync("two");
        await socket.ExpectFrameAsync(TestFrame.Continuation("two") with { Fin = false });
        await socket.ExpectSilenceAsync();
        await socket.SendTextAsync("");
        await socket.ExpectFramesAsync(TestFrame.Continuation(""), TestFrame.Text("another message"));
    }

    // "Control frames (see Section 5.5) MAY be injected in the middle of a fragmented message."
    [Fact]
    public async Task A_ping_is_answered_between_its_fragments()
    {
        await using var socket = await ConnectAsync(Endpoints.Streaming);
        await socket.SendTextAsync("one, ");
        await socket.ExpectFrameAsync(TestFrame.Text("one, ") with { Fin = false });
        await socket.SendRawAsync(Wire.Ping("1"u8));
        await socket.ExpectFrameAsync(TestFrame.Pong("1"u8));
        await socket.SendTextAsync("two");
        await socket.ExpectFrameAsync(TestFrame.Continuation("two") with { Fin = false });
        await socket.SendRawAsync(Wire.Ping("2"u8));
        await socket.ExpectFrameAsync(TestFrame.Pong("2"u8));
        await socket.SendTextAsync("");
        await socket.ExpectFrameAsync(TestFrame.Continuation(""));
    }

    // Section 6.1 item 1: "If at any point the state of the WebSocket connection changes, the endpoint MUST abort the following steps."
    [Fact]
    public async Task A_close_frame_of_the_client_ends_it_and_what_waits_behind_it()
    {
        await using var socket = await ConnectAsync(Endpoints.Streaming);
        await socket.SendTextAsync("one, ");
        await socket.ExpectFrameAsync(TestFrame.Text("one, ") with { Fin = false });
        await socket.SendRawAsync(Wire.Close(1000));
        await socket.ExpectFrameAsync(TestFrame.Close(1000));
        (await socket.ExpectEndAsync()).ShouldBe(TransportEnd.Finished);
    }

    public sealed class InMemory(MemoryServer server) : Section_5_4_Fragments_of_the_server(server), IClassFixture<MemoryServer>;

    public sealed class OverKestrel(KestrelServer server) : Section_5_4_Fragments_of_the_server(server), IClassFixture<KestrelServer>;
}
