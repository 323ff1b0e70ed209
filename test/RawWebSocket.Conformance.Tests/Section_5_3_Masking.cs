namespace RawWebSocket.Conformance.Tests;

/// <summary>RFC 6455 sections 5.1 and 5.3: every frame of a client is masked, with whatever key it likes.</summary>
public abstract class Section_5_3_Masking(ConformanceServer server) : Conformance(server)
{
    // Around the widths of vectors (16, 32, 64 bytes and twice that), and lengths with each remainder by 4.
    private static readonly int[] Lengths =
        [.. Enumerable.Range(0, 150), .. Enumerable.Range(252, 9), .. Enumerable.Range(1020, 9), 4095, 4096, 4097];

    public static TheoryData<uint> Keys => [0, 1, 0xFF, 0x0100_0000, 0x8000_0000, 0x00FF_00FF, 0x0102_0304, 0xDEAD_BEEF, 0xFFFF_FFFF];

    // Section 5.1: "The server MUST close the connection upon receiving a frame that is not masked. In this case, a server MAY send
    // a Close frame with a status code of 1002".
    [Theory]
    [InlineData(0x81)]
    [InlineData(0x82)]
    [InlineData(0x01)]
    [InlineData(0x02)]
    [InlineData(0x89)]
    [InlineData(0x8A)]
    public async Task A_frame_that_is_not_masked_fails(byte first)
    {
        await FailsAsync(1002, [first, 0x00]);
        await FailsAsync(1002, [first, 0x02, .. "Hi"u8]);
    }

    [Theory]
    [InlineData(0x81)]
    [InlineData(0x82)]
    public async Task A_long_frame_that_is_not_masked_fails(byte first)
    {
        await FailsAsync(1002, [first, 126, 0x00, 0x7E, .. Wire.Payload(126)]);
        await FailsAsync(1002, [first, 127, 0, 0, 0, 0, 0, 1, 0, 0, .. Wire.Payload(200)]);
    }

    [Fact]
    public async Task A_close_frame_that_is_not_masked_fails()
    {
        await FailsAsync(1002, [0x88, 0x00]);
        await FailsAsync(1002, [0x88, 0x02, 0x03, 0xE8]);
    }

    [Fact]
    public async Task A_continuation_that_is_not_masked_fails()
    {
        await FailsAsync(1002, [.. Wire.FirstText("a"u8), 0x80, 0x01, (byte)'b']);
        await FailsAsync(1002, [.. Wire.FirstText("a"u8), 0x00, 0x00]);
    }

    [Fact]
    public async Task What_was_masked_is_answered_before_what_was_not() =>
        await FailsAsync(1002, [.. Wire.Text("a"), 0x81, 0x01, (byte)'b'], TestFrame.Text("a"));

    // "The masking key is a 32-bit value chosen at random by the client", so none is better than another.
    [Theory, MemberData(nameof(Keys))]
    public async Task Every_key_is_taken_off_payloads_of_every_length(uint key)
    {
        await using var socket = await ConnectAsync();
        foreach (var length in Lengths)
        {
            var payload = Wire.Payload(length);
            await socket.SendRawAsync(Wire.Frame(0x82, payload, key));
            await socket.ExpectFrameAsync(TestFrame.Binary(payload));
        }
    }

    [Fact]
    public async Task Payloads_lie_at_every_alignment()
    {
        await using var socket = await ConnectAsync();
        foreach (var pad in Enumerable.Range(0, 66))
        {
            // What comes before shifts the second frame's payload, and its length the third's.
            byte[][] payloads = [Wire.Payload(pad), Wire.Payload(133), Wire.Payload(64 + pad)];
            await socket.SendRawAsync(Wire.Join([.. payloads.Select((payload, i) => Wire.Frame(0x82, payload, 0x9A3B_5C7Du + (uint)i))]));
            await socket.ExpectFramesAsync(payloads.Select(payload => TestFrame.Binary(payload)));
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(70)]
    [InlineData(300)]
    public async Task The_key_goes_on_where_a_cut_left_it(int length)
    {
        var payload = Wire.Payload(length);
        await AnswersAsync(Wire.Frame(0x82, payload, 0x0103_070F), TestFrame.Binary(payload));
    }

    [Fact]
    public async Task Each_frame_has_a_key_of_its_own() => await AnswersAsync(
        Wire.Join(
            Wire.Frame(0x01, "Hel"u8, 0x1122_3344),
            Wire.Frame(0x89, "ping"u8, 0x5566_7788),
            Wire.Frame(0x80, "lo"u8, 0x99AA_BBCC),
            Wire.Frame(0x82, "!"u8, 0)),
        TestFrame.Pong("ping"u8),
        TestFrame.Text("Hello"),
        TestFrame.Binary("!"u8));

    // j = i MOD 4 counts from the first byte of each frame's own payload.
    [Fact]
    public async Task The_key_begins_anew_with_each_fragment()
    {
        var payload = Wire.Payload(20);
        foreach (var cut in Enumerable.Range(0, payload.Length + 1))
        {
            await using var socket = await ConnectAsync();
            await socket.SendRawAsync(Wire.Join(
                Wire.Frame(0x02, payload.AsSpan(0, cut), 0x1234_5678), Wire.Frame(0x80, payload.AsSpan(cut), 0x1234_5678)));
            await socket.ExpectFrameAsync(TestFrame.Binary(payload));
        }
    }

    [Fact]
    public async Task Control_frames_are_unmasked_too()
    {
        await using var socket = await ConnectAsync();
        foreach (var length in Enumerable.Range(0, 126))
        {
            var payload = Wire.Payload(length);
            await socket.SendRawAsync(Wire.Frame(0x89, payload, 0xA5C3_0F69));
            await socket.ExpectFrameAsync(TestFrame.Pong(payload));
        }
    }

    [Fact]
    public async Task A_long_payload_is_unmasked_to_its_end()
    {
        var payload = Wire.Payload(300_001);
        await using var socket = await ConnectAsync();
        await socket.SendRawAsync(Wire.Frame(0x82, payload, 0xF00D_CAFE));
        await socket.ExpectFrameAsync(TestFrame.Binary(payload));
    }

    public sealed class InMemory(MemoryServer server) : Section_5_3_Masking(server), IClassFixture<MemoryServer>;

    public sealed class OverKestrel(KestrelServer server) : Section_5_3_Masking(server), IClassFixture<KestrelServer>;
}
