namespace RawWebSocket.Conformance.Tests;

/// <summary>
/// RFC 6455 section 4.1: a client may not send frames before the server's handshake has come, yet TCP knows no such border. The frames
/// of one that trusts the server, or of the segment behind the request, must neither get lost nor be taken for HTTP.
/// </summary>
public class Section_4_1_Early_bytes(KestrelServer server) : HandshakeConformance(server)
{
    private static readonly byte[] OpenAndSend =
        [.. Request(With()), .. Wire.Text("early"), .. Wire.Ping("1"u8), .. Wire.Close(1000)];

    private static readonly byte[] Answers = [0x81, 0x05, .. "early"u8, 0x8A, 0x01, (byte)'1', 0x88, 0x02, 0x03, 0xE8];

    [Fact]
    public async Task Frames_in_the_segment_of_the_request_are_answered() => await OpensAndEndsAsync([OpenAndSend]);

    [Fact]
    public async Task The_request_and_early_frames_may_come_byte_by_byte() => await OpensAndEndsAsync([.. OpenAndSend.Chunk(1)]);

    [Fact]
    public async Task The_request_and_early_frames_may_be_cut_anywhere()
    {
        var border = Request(With()).Length;
        foreach (var cut in Enumerable.Range(1, 12).Concat(Enumerable.Range(border - 20, OpenAndSend.Length - border + 20)))
        {
            await OpensAndEndsAsync([OpenAndSend[..cut], OpenAndSend[cut..]]);
        }
    }

    [Fact]
    public async Task An_early_fault_fails_the_connection_after_the_handshake()
    {
        using var client = await ConnectAsync();
        await client.SendAsync([.. Request(With()), .. Wire.Text("early"), 0x81, 0x00]);
        (await client.ReadHeadAsync()).StatusCode.ShouldBe(101);
        var rest = await client.ReadToEndAsync();
        rest[..7].ShouldBe([0x81, 0x05, .. "early"u8]);
        rest[7].ShouldBe((byte)0x88);
        rest[8].ShouldBe((byte)(rest.Length - 9));
        rest[9..11].ShouldBe([0x03, 0xEA]);
    }

    [Fact]
    public async Task A_long_early_message_is_answered_whole()
    {
        var payload = Wire.Payload(200_000);
        using var client = await ConnectAsync();
        await client.SendAsync([.. Request(With()), .. Wire.Binary(payload)]);
        (await client.ReadHeadAsync()).StatusCode.ShouldBe(101);
        (await client.ReadAsync(10)).ShouldBe([0x82, 127, 0, 0, 0, 0, 0, 0x03, 0x0D, 0x40]);
        (await client.ReadAsync(payload.Length)).ShouldBe(payload);
    }

    // HTTP that comes where frames belong is not masked.
    [Fact]
    public async Task A_second_request_behind_the_first_is_a_fault()
    {
        using var client = await ConnectAsync();
        await client.SendAsync([.. Request(With()), .. Request(With())]);
        (await client.ReadHeadAsync()).StatusCode.ShouldBe(101);
        (await client.ReadToEndAsync())[..1].ShouldBe([0x88]);
    }

    // Until the 101 it is HTTP: the connection on which a handshake was refused may carry the next.
    [Fact]
    public async Task A_handshake_may_follow_a_refused_one()
    {
        using var client = await ConnectAsync();
        await client.SendAsync(Request(With("Origin: http://evil.example")));
        var refused = await client.ReadHeadAsync();
        refused.StatusCode.ShouldBe(403);
        await SkipBodyAsync(client, refused);

        await client.SendAsync(OpenAndSend);
        (await client.ReadHeadAsync()).StatusCode.ShouldBe(101);
        (await client.ReadToEndAsync()).ShouldBe(Answers);
    }

    // The bytes on the wire, without the test kit between: nothing comes before, between or after.
    private async Task OpensAndEndsAsync(byte[][] writes)
    {
        using var client = await ConnectAsync();
        foreach (var bytes in writes)
        {
            await client.SendAsync(bytes);
        }

        var head = await client.ReadHeadAsync();
        head.StatusCode.ShouldBe(101);
        head.Of("Sec-WebSocket-Accept").ShouldBe([Accept]);
        (await client.ReadToEndAsync()).ShouldBe(Answers);
    }

    private static async Task SkipBodyAsync(RawClient client, ResponseHead head)
    {
        if (head.Of("Content-Length") is [var length])
        {
            await client.ReadAsync(int.Parse(length, System.Globalization.CultureInfo.InvariantCulture));
            return;
        }

        while (await ReadChunkSizeAsync(client) is var size and > 0)
        {
            await client.ReadAsync(size + 2);
        }

        await client.ReadAsync(2);
    }

    private static async Task<int> ReadChunkSizeAsync(RawClient client)
    {
        var line = "";
        while (!line.EndsWith("\r\n", StringComparison.Ordinal))
        {
            line += (char)(await client.ReadAsync(1))[0];
        }

        return Convert.ToInt32(line.Trim(), 16);
    }
}
