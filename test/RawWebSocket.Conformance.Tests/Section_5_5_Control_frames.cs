namespace RawWebSocket.Conformance.Tests;

/// <summary>RFC 6455 section 5.5: control frames "MUST have a payload length of 125 bytes or less and MUST NOT be fragmented."</summary>
public abstract class Section_5_5_Control_frames(ConformanceServer server) : Conformance(server)
{
    // As many as the endpoint takes in a second, whatever else this machine does meanwhile.
    private const int Most = 100;

    public static TheoryData<int> Opcodes => [0x8, 0x9, 0xA];

    [Theory, MemberData(nameof(Opcodes))]
    public async Task A_control_frame_in_fragments_fails(int opcode)
    {
        await FailsAsync(1002, Wire.Frame(opcode, []));
        await FailsAsync(1002, Wire.Frame(opcode, [0x03, 0xE8]));
        await FailsAsync(1002, Wire.Join(Wire.Frame(opcode, "a"u8), Wire.Last("b"u8)));
    }

    [Theory, MemberData(nameof(Opcodes))]
    public async Task A_control_frame_in_fragments_fails_inside_a_message(int opcode) =>
        await FailsAsync(1002, Wire.Join(Wire.FirstText("a"u8), Wire.Frame(opcode, []), Wire.Last("b"u8)));

    [Theory, MemberData(nameof(Opcodes))]
    public async Task A_control_frame_of_more_than_125_bytes_fails(int opcode)
    {
        await FailsAsync(1002, Wire.Frame(0x80 | opcode, Wire.Payload(126)));
        await FailsAsync(1002, Wire.Header(0x80 | opcode, 126));
        await FailsAsync(1002, Wire.Header(0x80 | opcode, 65535));
        await FailsAsync(1002, Wire.Header(0x80 | opcode, 65536));
        await FailsAsync(1002, Wire.Header(0x80 | opcode, long.MaxValue));
    }

    [Theory, MemberData(nameof(Opcodes))]
    public async Task A_control_frame_whose_length_is_not_minimal_fails(int opcode)
    {
        await FailsAsync(1002, Wire.Header16(0x80 | opcode, 0));
        await FailsAsync(1002, Wire.Header16(0x80 | opcode, 2));
        await FailsAsync(1002, Wire.Header64(0x80 | opcode, 2));
    }

    // Section 5.5.2: "Upon receipt of a Ping frame, an endpoint MUST send a Pong frame in response". Section 5.5.3: with "identical
    // application data".
    [Fact]
    public async Task A_ping_is_answered_with_the_same_payload()
    {
        await AnswersAsync(Wire.Ping(), TestFrame.Pong());
        await AnswersAsync(Wire.Ping("Hello"u8), TestFrame.Pong("Hello"u8));
        await AnswersAsync(Wire.Ping([0x00, 0xFF, 0xC0, 0x80]), TestFrame.Pong([0x00, 0xFF, 0xC0, 0x80]));
        await AnswersAsync(Wire.Ping(Wire.Payload(125)), TestFrame.Pong(Wire.Payload(125)));
    }

    [Fact]
    public async Task Pings_are_answered_in_their_order_and_the_last_of_them_always()
    {
        await using var socket = await ConnectAsync();
        await socket.SendRawAsync(Wire.Join([.. Enumerable.Range(1, Most).Select(i => Wire.Ping([(byte)i]))]));

        // Section 5.5.3: of several pings an endpoint "MAY elect to send a Pong frame for only the most recently processed Ping frame."
        byte last = 0;
        while (last < Most)
        {
            var pong = await socket.ExpectFrameAsync();
            pong.ShouldBe(TestFrame.Pong(pong.Payload.Span));
            pong.Payload.Length.ShouldBe(1);
            pong.Payload.Span[0].ShouldBeGreaterThan(last);
            last = pong.Payload.Span[0];
        }

        await socket.ExpectSilenceAsync();
    }

    [Fact]
    public async Task Each_of_many_pings_one_after_the_other_is_answered()
    {
        await using var socket = await ConnectAsync();
        for (var i = 0; i < Most; i++)
        {
            await socket.SendRawAsync(Wire.Ping([(byte)i]));
            await socket.ExpectFrameAsync(TestFrame.Pong([(byte)i]));
        }
    }

    [Fact]
    public async Task A_ping_between_messages_is_answered_in_its_place() => await AnswersAsync(
        Wire.Join(Wire.Text("a"), Wire.Ping("1"u8), Wire.Binary("b"u8), Wire.Ping("2"u8)),
        TestFrame.Text("a"),
        TestFrame.Pong("1"u8),
        TestFrame.Binary("b"u8),
        TestFrame.Pong("2"u8));

    // Section 5.5.2: "as soon as is practical", so not when an application that takes its time has answered what came before.
    [Fact]
    public async Task A_ping_is_answered_while_the_application_is_busy()
    {
        await using var socket = await ConnectAsync(Endpoints.Late);
        await socket.SendRawAsync(Wire.Join(Wire.Text("a"), Wire.Ping("1"u8)));
        await socket.ExpectFrameAsync(TestFrame.Pong("1"u8));
        await socket.SendRawAsync(Wire.Close(1000));
        await socket.ExpectFramesAsync(TestFrame.Text("a"), TestFrame.Close(1000));
        await socket.ExpectNothingButTheEndAsync();
    }

    // Section 5.5.3: "A Pong frame MAY be sent unsolicited. [...] A response to an unsolicited Pong frame is not expected."
    [Fact]
    public async Task A_pong_that_nobody_asked_for_is_not_answered()
    {
        await AnswersAsync(Wire.Pong());
        await AnswersAsync(Wire.Pong("Hello"u8));
        await AnswersAsync(Wire.Pong(Wire.Payload(125)));
        await AnswersAsync(Wire.Join(Wire.Pong("1"u8), Wire.Pong("1"u8), Wire.Text("a"), Wire.Pong("2"u8)), TestFrame.Text("a"));
    }

    [Fact]
    public async Task A_pong_and_a_ping_of_the_same_payload_are_told_apart() =>
        await AnswersAsync(Wire.Join(Wire.Pong("same"u8), Wire.Ping("same"u8), Wire.Pong("same"u8)), TestFrame.Pong("same"u8));

    [Fact]
    public async Task Payloads_of_control_frames_need_not_be_text() => await AnswersAsync(
        Wire.Join(Wire.FirstText("é"u8[..1]), Wire.Ping([0xFF]), Wire.Last("é"u8[1..])),
        TestFrame.Pong([0xFF]),
        TestFrame.Text("é"));

    public sealed class InMemory(MemoryServer server) : Section_5_5_Control_frames(server), IClassFixture<MemoryServer>;

    public sealed class OverKestrel(KestrelServer server) : Section_5_5_Control_frames(server), IClassFixture<KestrelServer>;
}
