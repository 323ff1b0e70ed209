namespace RawWebSocket.Conformance.Tests;

/// <summary>
/// RFC 6455 section 7.1.7, failing the connection: what came before the fault is answered first, then one close frame with the right
/// code reaches the peer, then the transport ends.
/// </summary>
public abstract class Section_7_1_7_Failing(ConformanceServer server) : Conformance(server)
{
    // One fault for each code.
    private static readonly byte[] Unmasked = [0x81, 0x00];
    private static readonly byte[] NotUtf8 = Wire.Text([0xFF]);
    private static readonly byte[] TooBig = Wire.Header(0x82, 1UL << 62);

    public static TheoryData<string> EveryApplication => [Endpoints.Echo, Endpoints.Yielding, Endpoints.Late, Endpoints.Asking];

    [Theory, MemberData(nameof(EveryApplication))]
    public async Task Messages_before_a_fault_are_answered_first(string path)
    {
        var messages = Wire.Join(Wire.Text("a"), Wire.FirstText("b"u8), Wire.Last("c"u8), Wire.Binary(Wire.Payload(130)));
        TestFrame[] answers = [TestFrame.Text("a"), TestFrame.Text("bc"), TestFrame.Binary(Wire.Payload(130))];
        await FailsAtAsync(path, 1002, [.. messages, .. Unmasked], answers);
    }

    [Theory, MemberData(nameof(EveryApplication))]
    public async Task Every_fault_waits_for_the_answers(string path)
    {
        await FailsAtAsync(path, 1002, Wire.Join(Wire.Text("a"), Unmasked), TestFrame.Text("a"));
        await FailsAtAsync(path, 1007, Wire.Join(Wire.Text("a"), NotUtf8), TestFrame.Text("a"));
        await FailsAtAsync(path, 1009, Wire.Join(Wire.Text("a"), TooBig), TestFrame.Text("a"));
        await FailsAtAsync(path, 1002, Wire.Join(Wire.Text("a"), Wire.Close(1005)), TestFrame.Text("a"));
        await FailsAtAsync(path, 1002, Wire.Join(Wire.Text("a"), Wire.FirstText("b"u8), Wire.Text("c")), TestFrame.Text("a"));
    }

    [Fact]
    public async Task Pings_before_a_fault_are_answered_first() => await FailsAsync(
        1002,
        Wire.Join(Wire.Ping("1"u8), Wire.Text("a"), Wire.Ping("2"u8), Unmasked),
        TestFrame.Pong("1"u8),
        TestFrame.Text("a"),
        TestFrame.Pong("2"u8));

    [Theory, MemberData(nameof(EveryApplication))]
    public async Task A_message_that_the_fault_cuts_off_is_not_answered(string path)
    {
        await FailsAtAsync(path, 1002, Wire.Join(Wire.FirstText("never"u8), Unmasked));
        await FailsAtAsync(path, 1007, Wire.Join(Wire.Text("a"), Wire.FirstText("never"u8), Wire.Next([0xFF])), TestFrame.Text("a"));
    }

    // "An endpoint MUST NOT continue to attempt to process data (including a responding Close frame) from the remote endpoint".
    [Fact]
    public async Task Nothing_after_a_fault_is_answered()
    {
        await FailsAsync(1002, Wire.Join(Unmasked, Wire.Text("late"), Wire.Ping("late"u8), Wire.Close(1000)));
        await FailsAsync(1007, Wire.Join(NotUtf8, Wire.Text("late"), Wire.Ping("late"u8), Unmasked));
        await FailsAsync(1009, Wire.Join(TooBig, Wire.Text("late"), Wire.Ping("late"u8), NotUtf8));
    }

    [Fact]
    public async Task The_first_of_two_faults_counts()
    {
        await FailsAsync(1007, Wire.Join(NotUtf8, Unmasked));
        await FailsAsync(1002, Wire.Join(Unmasked, NotUtf8));
    }

    [Theory, MemberData(nameof(EveryApplication))]
    public async Task Many_messages_before_a_fault_are_all_answered(string path)
    {
        await using var socket = await ConnectAsync(path);
        var messages = Wire.Join([.. Enumerable.Range(0, 500).Select(i => Wire.Text($"message {i}"))]);
        var sending = socket.SendRawAsync([.. messages, .. Unmasked]);
        await socket.ExpectFramesAsync(Enumerable.Range(0, 500).Select(i => TestFrame.Text($"message {i}")));
        await sending;
        await socket.ExpectFailureAsync(1002);
    }

    [Theory]
    [InlineData(Endpoints.Echo)]
    [InlineData(Endpoints.Yielding)]
    [InlineData(Endpoints.Asking)]
    public async Task Messages_that_have_to_wait_outside_the_server_are_answered_before_a_fault_behind_them(string path)
    {
        var payload = Wire.Payload(50_000);
        await using var socket = await ConnectAsync(path);
        var sending = socket.SendRawAsync([.. Wire.Join([.. Enumerable.Repeat(Wire.Binary(payload), 40)]), .. NotUtf8]);
        await socket.ExpectFramesAsync(Enumerable.Repeat(TestFrame.Binary(payload), 40));
        await sending;
        await socket.ExpectFailureAsync(1007);
    }

    [Theory, MemberData(nameof(EveryApplication))]
    public async Task A_long_answer_arrives_whole_before_the_close_frame(string path)
    {
        var payload = Wire.Payload(Endpoints.StandardLimit);
        await using var socket = await ConnectAsync(path);
        await socket.SendRawAsync([.. Wire.Binary(payload), .. Unmasked]);
        await socket.ExpectFrameAsync(TestFrame.Binary(payload));
        await socket.ExpectFailureAsync(1002);
    }

    // The client reads nothing until its writes have gone through or been refused, so that a RST would have come by then.
    [Theory]
    [InlineData(100_000)]
    [InlineData(1_000_000)]
    [InlineData(16_000_000)]
    public async Task Unread_input_behind_a_fault_does_not_lose_the_close_frame(int length)
    {
        await using var socket = await ConnectAsync();
        await socket.SendRawAsync([.. Wire.Text("a"), .. Unmasked, .. new byte[length]]);
        await socket.ExpectFrameAsync(TestFrame.Text("a"));
        await socket.ExpectFailureAsync(1002);
    }

    [Fact]
    public async Task Input_that_comes_after_the_fault_does_not_lose_the_close_frame()
    {
        await using var socket = await ConnectAsync();
        await socket.SendRawAsync([.. Wire.Text("a"), .. NotUtf8]);
        for (var i = 0; i < 200; i++)
        {
            await socket.SendRawAsync(Wire.Binary(Wire.Payload(1000)));
        }

        await socket.ExpectFrameAsync(TestFrame.Text("a"));
        await socket.ExpectFailureAsync(1007);
    }

    [Fact]
    public async Task The_server_does_not_wait_for_an_answer_to_its_close_frame()
    {
        await using var socket = await ConnectAsync();
        await socket.SendRawAsync(Unmasked);
        await socket.ExpectFailureAsync(1002);
    }

    public sealed class InMemory(MemoryServer server) : Section_7_1_7_Failing(server), IClassFixture<MemoryServer>;

    public sealed class OverKestrel(KestrelServer server) : Section_7_1_7_Failing(server), IClassFixture<KestrelServer>;
}
