namespace RawWebSocket.Conformance.Tests;

/// <summary>RFC 6455 section 5.4: messages in fragments.</summary>
public abstract class Section_5_4_Fragmentation(ConformanceServer server) : Conformance(server)
{
    [Fact]
    public async Task Two_fragments_are_one_message()
    {
        await AnswersAsync(Wire.Join(Wire.FirstText("Hel"u8), Wire.Last("lo"u8)), TestFrame.Text("Hello"));
        await AnswersAsync(Wire.Join(Wire.FirstBinary("Hel"u8), Wire.Last("lo"u8)), TestFrame.Binary("Hello"u8));
    }

    [Fact]
    public async Task A_message_is_the_same_wherever_its_fragments_are_cut()
    {
        var payload = Wire.Payload(12);
        for (var first = 0; first <= payload.Length; first++)
        {
            for (var second = first; second <= payload.Length; second++)
            {
                await using var socket = await ConnectAsync();
                await socket.SendRawAsync(Wire.Join(
                    Wire.FirstBinary(payload.AsSpan(..first)),
                    Wire.Next(payload.AsSpan(first..second)),
                    Wire.Last(payload.AsSpan(second..))));
                await socket.ExpectFrameAsync(TestFrame.Binary(payload));
            }
        }
    }

    [Fact]
    public async Task Empty_fragments_add_nothing() => await AnswersAsync(
        Wire.Join(Wire.FirstText([]), Wire.Next([]), Wire.Next("Hi"u8), Wire.Next([]), Wire.Last([])),
        TestFrame.Text("Hi"));

    [Fact]
    public async Task Nothing_but_empty_fragments_is_an_empty_message()
    {
        await AnswersAsync(Wire.Join(Wire.FirstText([]), Wire.Last([])), TestFrame.Text(""));
        await AnswersAsync(Wire.Join(Wire.FirstBinary([]), Wire.Next([]), Wire.Next([]), Wire.Last([])), TestFrame.Binary([]));
    }

    [Fact]
    public async Task A_message_may_have_a_thousand_fragments()
    {
        var payload = Wire.Payload(1000);
        await using var socket = await ConnectAsync();
        await socket.SendRawAsync(Wire.Join([Wire.FirstBinary([]), .. payload.Select(b => Wire.Next([b])), Wire.Last([])]));
        await socket.ExpectFrameAsync(TestFrame.Binary(payload));
    }

    [Fact]
    public async Task A_message_may_have_ten_thousand_empty_fragments()
    {
        await using var socket = await ConnectAsync();
        await socket.SendRawAsync(Wire.Join([Wire.FirstText("a"u8), .. Enumerable.Repeat(Wire.Next([]), 10_000), Wire.Last("b"u8)]));
        await socket.ExpectFrameAsync(TestFrame.Text("ab"));
    }

    [Fact]
    public async Task Fragments_may_be_long()
    {
        var payload = Wire.Payload(3 * 70_000);
        await using var socket = await ConnectAsync();
        await socket.SendRawAsync(Wire.Join(
            Wire.FirstBinary(payload.AsSpan(0, 70_000)), Wire.Next(payload.AsSpan(70_000, 70_000)), Wire.Last(payload.AsSpan(140_000))));
        await socket.ExpectFrameAsync(TestFrame.Binary(payload));
    }

    [Fact]
    public async Task The_message_after_a_fragmented_one_is_a_message_of_its_own() => await AnswersAsync(
        Wire.Join(
            Wire.FirstText("a"u8), Wire.Last("b"u8), Wire.Binary("c"u8), Wire.FirstBinary("d"u8), Wire.Last("e"u8), Wire.Text("f")),
        TestFrame.Text("ab"),
        TestFrame.Binary("c"u8),
        TestFrame.Binary("de"u8),
        TestFrame.Text("f"));

    // "Control frames (see Section 5.5) MAY be injected in the middle of a fragmented message."
    [Fact]
    public async Task Control_frames_may_come_between_fragments() => await AnswersAsync(
        Wire.Join(
            Wire.FirstText("a"u8), Wire.Ping("1"u8), Wire.Next("b"u8), Wire.Pong("2"u8), Wire.Ping("3"u8), Wire.Last("c"u8)),
        TestFrame.Pong("1"u8),
        TestFrame.Pong("3"u8),
        TestFrame.Text("abc"));

    [Fact]
    public async Task A_ping_between_fragments_is_answered_before_the_message_has_ended()
    {
        await using var socket = await ConnectAsync();
        await socket.SendRawAsync(Wire.FirstText("a"u8));
        await socket.SendRawAsync(Wire.Ping("now"u8));
        await socket.ExpectFrameAsync(TestFrame.Pong("now"u8));
        await socket.SendRawAsync(Wire.Last("b"u8));
        await socket.ExpectFrameAsync(TestFrame.Text("ab"));
    }

    [Fact]
    public async Task A_close_frame_between_fragments_is_answered_and_the_message_is_not() =>
        await ClosesAsync(Wire.Join(Wire.FirstText("a"u8), Wire.Close(1000), Wire.Last("b"u8)), TestFrame.Close(1000));

    // "The fragments of one message MUST NOT be interleaved between the fragments of another message".
    [Theory]
    [InlineData(0x01, 0x81)]
    [InlineData(0x01, 0x82)]
    [InlineData(0x01, 0x01)]
    [InlineData(0x01, 0x02)]
    [InlineData(0x02, 0x82)]
    [InlineData(0x02, 0x81)]
    [InlineData(0x02, 0x02)]
    [InlineData(0x02, 0x01)]
    public async Task A_new_message_inside_another_fails(int first, int second)
    {
        await FailsAsync(1002, Wire.Join(Wire.Frame(first, "a"u8), Wire.Frame(second, "b"u8)));
        await FailsAsync(
            1002,
            Wire.Join(Wire.Frame(first, []), Wire.Next("a"u8), Wire.Ping("1"u8), Wire.Frame(second, [])),
            TestFrame.Pong("1"u8));
    }

    // A continuation frame continues a message, "which is [...] a single frame with the FIN bit clear and an opcode other than 0".
    [Theory]
    [InlineData(0x80)]
    [InlineData(0x00)]
    public async Task A_continuation_outside_a_message_fails(int first)
    {
        await FailsAsync(1002, Wire.Frame(first, "a"u8));
        await FailsAsync(1002, Wire.Frame(first, []));
        await FailsAsync(1002, Wire.Join(Wire.Text("a"), Wire.Frame(first, "b"u8)), TestFrame.Text("a"));
        await FailsAsync(1002, Wire.Join(Wire.FirstText("a"u8), Wire.Last("b"u8), Wire.Frame(first, "c"u8)), TestFrame.Text("ab"));
    }

    [Fact]
    public async Task A_continuation_after_a_ping_alone_fails() =>
        await FailsAsync(1002, Wire.Join(Wire.Ping("1"u8), Wire.Last("a"u8)), TestFrame.Pong("1"u8));

    public sealed class InMemory(MemoryServer server) : Section_5_4_Fragmentation(server), IClassFixture<MemoryServer>;

    public sealed class OverKestrel(KestrelServer server) : Section_5_4_Fragmentation(server), IClassFixture<KestrelServer>;
}
