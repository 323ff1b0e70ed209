using System.Text;

namespace RawWebSocket.Conformance.Tests;

/// <summary>RFC 6455 sections 5.5.1 and 7.1: the closing handshake, begun by the client.</summary>
public abstract class Section_5_5_1_Close(ConformanceServer server) : Conformance(server)
{
    // "If an endpoint receives a Close frame and did not previously send a Close frame, the endpoint MUST send a Close frame in
    // response."
    [Fact]
    public async Task A_close_frame_without_a_code_is_answered_without_one() => await ClosesAsync(Wire.Close(), TestFrame.Close());

    // "When sending a Close frame in response, the endpoint typically echos the status code it received."
    [Fact]
    public async Task A_close_frame_with_a_code_is_answered_with_it() => await ClosesAsync(Wire.Close(1000), TestFrame.Close(1000));

    [Theory]
    [InlineData("bye")]
    [InlineData("auf Wiedersehen, à bientôt, さようなら, 👋")]
    public async Task A_reason_is_taken(string reason) =>
        await HoweverCutAsync(Endpoints.Echo, Wire.Close(1001, Encoding.UTF8.GetBytes(reason)), socket => socket.ExpectFailureAsync(1001));

    [Fact]
    public async Task A_reason_may_have_123_bytes()
    {
        var oneByteCharacters = Encoding.UTF8.GetBytes(new string('r', 123));
        await HoweverCutAsync(Endpoints.Echo, Wire.Close(4321, oneByteCharacters), socket => socket.ExpectFailureAsync(4321));
        var threeByteCharacters = Encoding.UTF8.GetBytes(new string('€', 41));
        await HoweverCutAsync(Endpoints.Echo, Wire.Close(1000, threeByteCharacters), socket => socket.ExpectFailureAsync(1000));
    }

    [Fact]
    public async Task A_reason_of_124_bytes_fails() =>
        await FailsAsync(1002, Wire.Close(1000, [.. Enumerable.Repeat((byte)'r', 124)]));

    // "If there is a body, the first two bytes of the body MUST be a 2-byte unsigned integer".
    [Theory]
    [InlineData(0x00)]
    [InlineData(0x03)]
    [InlineData(0xFF)]
    public async Task A_body_of_one_byte_fails(byte body) => await FailsAsync(1002, Wire.Close([body]));

    // Section 8.1 by way of 5.5.1: the reason is UTF-8-encoded data.
    [Theory]
    [InlineData("FF")]
    [InlineData("C080")]
    [InlineData("EDA080")]
    [InlineData("F4908080")]
    [InlineData("6F6B80")]
    [InlineData("6F6BC3")]
    [InlineData("6F6BF09F91")]
    public async Task A_reason_that_is_not_utf8_fails(string reason) =>
        await FailsAsync(1007, Wire.Close(1000, Convert.FromHexString(reason)));

    [Fact]
    public async Task What_came_before_the_close_frame_is_answered_first() => await ClosesAsync(
        Wire.Join(Wire.Text("a"), Wire.Ping("1"u8), Wire.Binary("b"u8), Wire.Close(1001)),
        TestFrame.Text("a"),
        TestFrame.Pong("1"u8),
        TestFrame.Binary("b"u8),
        TestFrame.Close(1001));

    [Theory]
    [InlineData(Endpoints.Yielding)]
    [InlineData(Endpoints.Late)]
    [InlineData(Endpoints.Asking)]
    public async Task What_came_before_the_close_frame_is_answered_first_by_a_slow_application_too(string path) => await HoweverCutAsync(
        path,
        Wire.Join(Wire.Text("a"), Wire.FirstText("b"u8), Wire.Last("c"u8), Wire.Binary("d"u8), Wire.Close(1000)),
        async socket =>
        {
            await socket.ExpectFramesAsync(TestFrame.Text("a"), TestFrame.Text("bc"), TestFrame.Binary("d"u8), TestFrame.Close(1000));
            await socket.ExpectNothingButTheEndAsync();
        });

    // Section 1.4: "After receiving a control frame indicating the connection should be closed, a peer discards any further data received."
    [Fact]
    public async Task What_comes_after_the_close_frame_is_not_answered()
    {
        await ClosesAsync(Wire.Join(Wire.Close(1000), Wire.Text("late"), Wire.Ping("late"u8)), TestFrame.Close(1000));
        await ClosesAsync(Wire.Join(Wire.Close(1000), Wire.Close(1001)), TestFrame.Close(1000));
    }

    [Fact]
    public async Task A_fault_after_the_close_frame_is_not_looked_at()
    {
        await ClosesAsync(Wire.Join(Wire.Close(1000), [0xFF, 0x7F]), TestFrame.Close(1000));
        await ClosesAsync(Wire.Join(Wire.Close(), Wire.Text([0xFF])), TestFrame.Close());
    }

    [Fact]
    public async Task A_lot_that_comes_after_the_close_frame_does_not_lose_the_answer()
    {
        await using var socket = await ConnectAsync();
        await socket.SendRawAsync([.. Wire.Text("a"), .. Wire.Close(1000), .. new byte[8 * 1024 * 1024]]);
        await socket.ExpectFramesAsync(TestFrame.Text("a"), TestFrame.Close(1000));
        await socket.ExpectNothingButTheEndAsync();
    }

    // Section 7.1.1: the server closes the TCP connection first; it does not wait for the client to do so.
    [Fact]
    public async Task The_server_ends_the_transport_while_the_clients_side_is_open()
    {
        await using var socket = await ConnectAsync();
        await socket.SendRawAsync(Wire.Close(1000));
        await socket.ExpectFrameAsync(TestFrame.Close(1000));
        await socket.ExpectNothingButTheEndAsync();
    }

    [Fact]
    public async Task A_close_frame_inside_a_message_is_answered() =>
        await ClosesAsync(Wire.Join(Wire.FirstBinary([1, 2]), Wire.Next([3]), Wire.Close(1001)), TestFrame.Close(1001));

    public sealed class InMemory(MemoryServer server) : Section_5_5_1_Close(server), IClassFixture<MemoryServer>;

    public sealed class OverKestrel(KestrelServer server) : Section_5_5_1_Close(server), IClassFixture<KestrelServer>;
}
