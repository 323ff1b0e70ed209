namespace RawWebSocket.Conformance.Tests;

/// <summary>
/// RFC 6455 sections 5.1 and 5.2: what the server itself sends, byte for byte as it comes from TCP: not masked, no reserved bit, FIN, the
/// opcode, and the length in as few bytes as can be.
/// </summary>
public class Section_5_2_Frames_of_the_server(KestrelServer server) : HandshakeConformance(server)
{
    private static readonly byte[] ClosedWith1000 = [0x88, 0x02, 0x03, 0xE8];

    [Theory]
    [InlineData(0, "8200")]
    [InlineData(1, "8201")]
    [InlineData(125, "827D")]
    [InlineData(126, "827E007E")]
    [InlineData(127, "827E007F")]
    [InlineData(65535, "827EFFFF")]
    [InlineData(65536, "827F0000000000010000")]
    [InlineData(Endpoints.StandardLimit, "827F0000000000100000")]
    public async Task A_binary_message_is_one_frame_with_the_shortest_header(int length, string header)
    {
        var payload = Wire.Payload(length);
        await ShouldSendAsync(Wire.Binary(payload), [.. Convert.FromHexString(header), .. payload]);
    }

    [Theory]
    [InlineData("", "8100")]
    [InlineData("Hello", "810548656C6C6F")]
    [InlineData("é€😀", "8109C3A9E282ACF09F9880")]
    public async Task A_text_message_is_one_frame_of_utf8(string text, string frame) =>
        await ShouldSendAsync(Wire.Text(text), Convert.FromHexString(frame));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    public async Task A_pong_is_one_frame_with_a_length_of_seven_bits(int length)
    {
        var payload = Wire.Payload(length);
        await ShouldSendAsync(Wire.Ping(payload), [0x8A, (byte)length, .. payload]);
    }

    [Fact]
    public async Task A_close_frame_without_a_code_is_two_bytes()
    {
        using var client = await OpenAsync(Endpoints.Echo);
        await client.SendAsync(Wire.Close());
        (await client.ReadToEndAsync()).ShouldBe([0x88, 0x00]);
    }

    [Fact]
    public async Task A_close_frame_of_the_servers_own_has_its_code_first_and_then_its_reason()
    {
        using var client = await OpenAsync(Endpoints.Closing);
        await client.SendAsync([.. Wire.Text("4000"), .. Wire.Close(4000)]);
        (await client.ReadToEndAsync()).ShouldBe([0x88, 0x15, 0x0F, 0xA0, .. "the server's reason"u8]);
    }

    private async Task ShouldSendAsync(byte[] sent, byte[] answer)
    {
        using var client = await OpenAsync(Endpoints.Echo);
        var sending = client.SendAsync([.. sent, .. Wire.Close(1000)]);
        (await client.ReadToEndAsync()).ShouldBe([.. answer, .. ClosedWith1000]);
        await sending;
    }
}
