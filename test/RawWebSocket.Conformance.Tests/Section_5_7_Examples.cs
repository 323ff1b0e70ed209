namespace RawWebSocket.Conformance.Tests;

/// <summary>RFC 6455 section 5.7: its examples, and that the bytes of one write are answered in order.</summary>
public abstract class Section_5_7_Examples(ConformanceServer server) : Conformance(server)
{
    private static readonly byte[] MaskedHello = [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58];

    [Fact]
    public void The_tests_own_bytes_are_those_of_the_rfc()
    {
        Wire.Text("Hello").ShouldBe(MaskedHello);
        Wire.Frame(0x8A, "Hello"u8).ShouldBe([0x8A, 0x85, .. MaskedHello[2..]]);
        Wire.Header(0x82, 256)[..4].ShouldBe([0x82, 0xFE, 0x01, 0x00]);
        Wire.Header(0x82, 65536)[..10].ShouldBe([0x82, 0xFF, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00]);
    }

    [Fact]
    public async Task A_masked_text_is_answered() => await AnswersAsync(MaskedHello, TestFrame.Text("Hello"));

    [Fact]
    public async Task A_masked_pong_is_passed_over() => await AnswersAsync([0x8A, 0x85, .. MaskedHello[2..]]);

    [Fact]
    public async Task A_masked_ping_is_answered() => await AnswersAsync([0x89, 0x85, .. MaskedHello[2..]], TestFrame.Pong("Hello"u8));

    [Fact]
    public async Task The_same_frames_without_a_mask_fail()
    {
        await FailsAsync(1002, [0x81, 0x05, .. "Hello"u8]);
        await FailsAsync(1002, [0x01, 0x03, .. "Hel"u8, 0x80, 0x02, .. "lo"u8]);
        await FailsAsync(1002, [0x89, 0x05, .. "Hello"u8]);
    }

    [Fact]
    public async Task Frames_of_every_kind_in_one_write_are_answered_in_order() => await HoweverCutAsync(
        Endpoints.Echo,
        Wire.Join(
            Wire.Text("one"),
            Wire.Binary([1]),
            Wire.Ping("p"u8),
            Wire.FirstText("tw"u8),
            Wire.Last("o"u8),
            Wire.Pong("q"u8),
            Wire.Text(""),
            Wire.Binary(Wire.Payload(130)),
            Wire.Close(1000)),
        async socket =>
        {
            await socket.ExpectFramesAsync(
                TestFrame.Text("one"),
                TestFrame.Binary([1]),
                TestFrame.Pong("p"u8),
                TestFrame.Text("two"),
                TestFrame.Text(""),
                TestFrame.Binary(Wire.Payload(130)),
                TestFrame.Close(1000));
            await socket.ExpectNothingButTheEndAsync();
        });

    // More than the server takes in ahead of the application, so that it has to stop and go on again, the last time for bytes that
    // nothing follows.
    [Theory]
    [InlineData(Endpoints.Echo)]
    [InlineData(Endpoints.Yielding)]
    [InlineData(Endpoints.Asking)]
    public async Task Messages_that_run_ahead_of_the_application_are_all_answered(string path)
    {
        var messages = Enumerable.Range(0, 1000).Select(i => new string((char)('a' + (i % 26)), 500 + (i % 7))).ToArray();
        var bytes = Wire.Join([.. messages.Select(Wire.Text)]);
        await using var socket = await ConnectAsync(path);
        for (var round = 0; round < 10; round++)
        {
            var sending = socket.SendRawAsync(bytes);
            await socket.ExpectFramesAsync(messages.Select(TestFrame.Text));
            await sending;
        }
    }

    [Theory]
    [InlineData(Endpoints.Echo)]
    [InlineData(Endpoints.Yielding)]
    [InlineData(Endpoints.Asking)]
    public async Task Two_thousand_messages_in_one_write_are_answered_in_order(string path)
    {
        await using var socket = await ConnectAsync(path);
        var sending = socket.SendRawAsync(Wire.Join([.. Enumerable.Range(0, 2000).Select(i => Wire.Text($"message {i}"))]));
        await socket.ExpectFramesAsync(Enumerable.Range(0, 2000).Select(i => TestFrame.Text($"message {i}")));
        await sending;
        await socket.ExpectSilenceAsync();
    }

    public sealed class InMemory(MemoryServer server) : Section_5_7_Examples(server), IClassFixture<MemoryServer>;

    public sealed class OverKestrel(KestrelServer server) : Section_5_7_Examples(server), IClassFixture<KestrelServer>;
}
