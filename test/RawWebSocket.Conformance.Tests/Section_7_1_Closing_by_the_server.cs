namespace RawWebSocket.Conformance.Tests;

/// <summary>RFC 6455 sections 1.4, 5.5.1 and 7.1.2: the closing handshake when the server begins it, and the end without one.</summary>
public abstract class Section_7_1_Closing_by_the_server(ConformanceServer server) : Conformance(server)
{
    private const string Reason = "the server's reason";

    [Theory]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(1011)]
    [InlineData(3000)]
    [InlineData(4999)]
    public async Task The_close_frame_has_the_code_and_the_reason(int code) => await AfterTheServersCloseAsync(code, async socket =>
    {
        await socket.SendRawAsync(Wire.Close(code));
        await socket.ExpectNothingButTheEndAsync();
    });

    // "The application MUST NOT send any more data frames after sending a Close frame." This application tries to.
    [Fact]
    public async Task What_the_application_sends_after_its_close_is_not_sent() => await AfterTheServersCloseAsync(1000, async socket =>
    {
        await socket.SendRawAsync(Wire.Close(1000));
        await socket.ExpectNothingButTheEndAsync();
    });

    // "The application MUST NOT send any more data frames after sending a Close frame"; and no control frame has a reader any more.
    [Fact]
    public async Task Nothing_follows_the_close_frame_whatever_the_client_sends() => await AfterTheServersCloseAsync(1000, async socket =>
    {
        await socket.SendRawAsync(Wire.Join(
            Wire.Text("1001"),
            Wire.Ping("1"u8),
            Wire.Pong("2"u8),
            Wire.FirstBinary(Wire.Payload(300)),
            Wire.Ping(),
            Wire.Last([]),
            Wire.Close()));
        await socket.ExpectNothingButTheEndAsync();
    });

    // The transport stays until the client's close frame has come: what is under way to the server must not meet a closed socket.
    [Fact]
    public async Task The_server_reads_on_until_the_clients_close_frame() => await AfterTheServersCloseAsync(1000, async socket =>
    {
        var sending = socket.SendRawAsync(Wire.Join([.. Enumerable.Repeat(Wire.Binary(Wire.Payload(100_000)), 40)]));
        await socket.ExpectSilenceUntilAsync(sending);
        await socket.SendRawAsync(Wire.Close(1000));
        await socket.ExpectNothingButTheEndAsync();
    });

    [Theory]
    [InlineData("888000000000")]
    [InlineData("88820000000003E8")]
    [InlineData("8882000000000BB8")]
    [InlineData("8883000000000FA061")]
    public async Task Any_close_frame_of_the_client_ends_it(string close) => await AfterTheServersCloseAsync(1000, async socket =>
    {
        await socket.SendRawAsync(Convert.FromHexString(close));
        await socket.ExpectNothingButTheEndAsync();
    });

    [Theory]
    [InlineData("8105")]
    [InlineData("F180")]
    [InlineData("838000000000")]
    [InlineData("80800000000061")]
    [InlineData("888200000000FFFF")]
    public async Task A_fault_after_the_servers_close_frame_brings_no_second_one(string fault) =>
        await AfterTheServersCloseAsync(1000, async socket =>
        {
            await socket.SendRawAsync(Convert.FromHexString(fault));
            await socket.ExpectNothingButTheEndAsync();
        });

    // Both have closed at once: neither frame is an answer, and each side has sent and received one.
    [Fact]
    public async Task Close_frames_that_cross_are_enough() => await HoweverCutAsync(
        Endpoints.Closing,
        Wire.Join(Wire.Text("1001"), Wire.Close(1000)),
        async socket =>
        {
            await socket.ExpectFrameAsync(TestFrame.Close(1001, Reason));
            await socket.ExpectNothingButTheEndAsync();
        });

    // Section 7.1.1: without a closing handshake the server has nobody left to tell.
    [Theory]
    [InlineData("")]
    [InlineData("81")]
    [InlineData("8185")]
    [InlineData("818537FA213D7F9F")]
    [InlineData("018537FA213D7F9F4D5158")]
    [InlineData("8882000000")]
    public async Task The_end_of_the_transport_without_a_close_frame_ends_the_connection_silently(string before)
    {
        await using var socket = await ConnectAsync();
        await socket.SendRawAsync(Convert.FromHexString(before));
        await socket.DropAsync();
        await socket.ExpectNothingButTheEndAsync();
    }

    private async Task AfterTheServersCloseAsync(int code, Func<TestWebSocket, Task> then)
    {
        await using var socket = await ConnectAsync(Endpoints.Closing);
        await socket.SendTextAsync(code.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await socket.ExpectFrameAsync(TestFrame.Close(code, Reason));
        await then(socket);
    }

    public sealed class InMemory(MemoryServer server) : Section_7_1_Closing_by_the_server(server), IClassFixture<MemoryServer>;

    public sealed class OverKestrel(KestrelServer server) : Section_7_1_Closing_by_the_server(server), IClassFixture<KestrelServer>;
}
