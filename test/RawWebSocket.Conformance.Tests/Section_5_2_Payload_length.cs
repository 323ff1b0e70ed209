namespace RawWebSocket.Conformance.Tests;

/// <summary>RFC 6455 section 5.2, the payload length in 7, 7+16 or 7+64 bits.</summary>
public abstract class Section_5_2_Payload_length(ConformanceServer server) : Conformance(server)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(124)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(65534)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(65537)]
    [InlineData(Endpoints.StandardLimit)]
    public async Task A_payload_of_any_length_is_answered_whole(int length)
    {
        var payload = Wire.Payload(length);
        await AnswersAsync(Wire.Binary(payload), TestFrame.Binary(payload));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65535)]
    [InlineData(65536)]
    public async Task A_text_of_any_length_is_answered_whole(int length)
    {
        var text = new string('é', length / 2) + new string('e', length % 2);
        await AnswersAsync(Wire.Text(text), TestFrame.Text(text));
    }

    [Fact]
    public async Task All_lengths_follow_each_other_in_one_write()
    {
        int[] lengths = [0, 125, 126, 65535, 65536, 1, 127, 0, 65536, 126];
        await using var socket = await ConnectAsync();
        var sending = socket.SendRawAsync(Wire.Join([.. lengths.Select(length => Wire.Binary(Wire.Payload(length)))]));
        await socket.ExpectFramesAsync(lengths.Select(length => TestFrame.Binary(Wire.Payload(length))));
        await sending;
        await socket.ExpectSilenceAsync();
    }

    // "Note that in all cases, the minimal number of bytes MUST be used to encode the length".
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(124)]
    [InlineData(125)]
    public async Task Sixteen_bits_for_a_length_of_seven_fail(int length)
    {
        await FailsAsync(1002, Wire.Header16(0x82, (ushort)length));
        await FailsAsync(1002, Wire.Header16(0x81, (ushort)length));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65534)]
    [InlineData(65535)]
    public async Task Sixty_four_bits_for_a_shorter_length_fail(int length)
    {
        await FailsAsync(1002, Wire.Header64(0x82, (ulong)length));
        await FailsAsync(1002, Wire.Header64(0x81, (ulong)length));
    }

    [Fact]
    public async Task A_length_that_is_not_minimal_fails_on_a_continuation_too()
    {
        await FailsAsync(1002, Wire.Join(Wire.FirstText("a"u8), Wire.Header16(0x80, 1)));
        await FailsAsync(1002, Wire.Join(Wire.FirstText("a"u8), Wire.Header64(0x80, 126)));
    }

    [Fact]
    public async Task A_length_that_is_not_minimal_fails_with_its_payload_there()
    {
        var masked = Wire.Binary("Hello"u8)[6..];
        await FailsAsync(1002, Wire.Join(Wire.Header16(0x82, 5), masked));
        await FailsAsync(1002, Wire.Join(Wire.Header64(0x82, 5), masked));
    }

    // "a 64-bit unsigned integer (the most significant bit MUST be 0)".
    [Theory]
    [InlineData(0x8000_0000_0000_0000)]
    [InlineData(0x8000_0000_0000_0005)]
    [InlineData(0x8000_0000_0001_0000)]
    [InlineData(0xFFFF_FFFF_FFFF_FFFF)]
    public async Task A_length_with_its_top_bit_set_fails(ulong length)
    {
        await FailsAsync(1002, Wire.Header64(0x82, length));
        await FailsAsync(1002, Wire.Header64(0x81, length));
        await FailsAsync(1002, Wire.Join(Wire.FirstBinary("a"u8), Wire.Header64(0x80, length)));
    }

    public sealed class InMemory(MemoryServer server) : Section_5_2_Payload_length(server), IClassFixture<MemoryServer>;

    public sealed class OverKestrel(KestrelServer server) : Section_5_2_Payload_length(server), IClassFixture<KestrelServer>;
}
