namespace RawWebSocket.Conformance.Tests;

/// <summary>RFC 6455 section 10.4: a limit of the message's length after its fragments are put together, kept with 1009.</summary>
public abstract class Section_10_4_Limits(ConformanceServer server) : Conformance(server)
{
    private const int Limit = Endpoints.SmallLimit;

    [Fact]
    public async Task A_message_as_long_as_the_limit_passes()
    {
        await AnswersAtTheSmallOneAsync(Wire.Binary(Wire.Payload(Limit)), TestFrame.Binary(Wire.Payload(Limit)));
        var text = new string('t', Limit);
        await AnswersAtTheSmallOneAsync(Wire.Text(text), TestFrame.Text(text));
    }

    [Fact]
    public async Task Fragments_that_sum_to_the_limit_pass()
    {
        var payload = Wire.Payload(Limit);
        await AnswersAtTheSmallOneAsync(
            Wire.Join(Wire.FirstBinary(payload.AsSpan(0, Limit - 1)), Wire.Last(payload.AsSpan(Limit - 1))), TestFrame.Binary(payload));
        await AnswersAtTheSmallOneAsync(
            Wire.Join(Wire.FirstBinary([]), Wire.Next(payload), Wire.Next([]), Wire.Last([])), TestFrame.Binary(payload));
    }

    [Fact]
    public async Task The_limit_is_counted_anew_for_each_message() => await AnswersAtTheSmallOneAsync(
        Wire.Join(
            Wire.Binary(Wire.Payload(Limit)),
            Wire.FirstBinary(Wire.Payload(Limit - 1)),
            Wire.Last("!"u8),
            Wire.Binary(Wire.Payload(Limit))),
        TestFrame.Binary(Wire.Payload(Limit)),
        TestFrame.Binary([.. Wire.Payload(Limit - 1), (byte)'!']),
        TestFrame.Binary(Wire.Payload(Limit)));

    [Fact]
    public async Task Control_frames_do_not_count() => await AnswersAtTheSmallOneAsync(
        Wire.Join(
            Wire.FirstBinary(Wire.Payload(Limit - 1)), Wire.Ping(Wire.Payload(125)), Wire.Pong(Wire.Payload(125)), Wire.Last("!"u8)),
        TestFrame.Pong(Wire.Payload(125)),
        TestFrame.Binary([.. Wire.Payload(Limit - 1), (byte)'!']));

    // Found by the header alone: not one byte of the payload is sent.
    [Theory]
    [InlineData(Limit + 1)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(int.MaxValue)]
    [InlineData(1L << 31)]
    [InlineData(1L << 32)]
    [InlineData((1L << 32) + 1)]
    [InlineData(1L << 62)]
    [InlineData(long.MaxValue)]
    public async Task A_longer_claim_fails(long length)
    {
        await FailsAtAsync(Endpoints.Small, 1009, Wire.Header(0x82, (ulong)length));
        await FailsAtAsync(Endpoints.Small, 1009, Wire.Header(0x81, (ulong)length));
        await FailsAtAsync(Endpoints.Small, 1009, Wire.Header(0x02, (ulong)length));
    }

    [Fact]
    public async Task A_longer_message_that_is_all_there_fails()
    {
        await FailsAtAsync(Endpoints.Small, 1009, Wire.Binary(Wire.Payload(Limit + 1)));
        await FailsAtAsync(Endpoints.Small, 1009, Wire.Text(new string('t', Limit + 1)));
    }

    [Theory]
    [InlineData(1, Limit)]
    [InlineData(Limit, 1)]
    [InlineData(Limit - 1, 2)]
    [InlineData(500, 501)]
    [InlineData(1, int.MaxValue)]
    [InlineData(1, long.MaxValue)]
    [InlineData(Limit, long.MaxValue)]
    [InlineData(Limit, long.MaxValue - Limit + 1)]
    public async Task Fragments_that_sum_to_more_fail(int first, long second)
    {
        await FailsAtAsync(Endpoints.Small, 1009, Wire.Join(Wire.FirstBinary(Wire.Payload(first)), Wire.Header(0x80, (ulong)second)));
        await FailsAtAsync(Endpoints.Small, 1009, Wire.Join(Wire.FirstBinary(Wire.Payload(first)), Wire.Header(0x00, (ulong)second)));
    }

    [Fact]
    public async Task Many_fragments_that_sum_to_more_fail_when_the_limit_is_passed()
    {
        await using var socket = await ConnectAsync(Endpoints.Small);
        await socket.SendRawAsync(Wire.Join([Wire.FirstBinary([]), .. Enumerable.Repeat(Wire.Next("12345678"u8), 125)]));
        await socket.ExpectSilenceAsync();
        await socket.SendRawAsync(Wire.Next("9"u8));
        await socket.ExpectFailureAsync(1009);
    }

    [Fact]
    public async Task What_came_before_is_answered_first() =>
        await FailsAtAsync(Endpoints.Small, 1009, Wire.Join(Wire.Text("a"), Wire.Header(0x82, 1UL << 62)), TestFrame.Text("a"));

    [Fact]
    public async Task The_standard_limit_is_a_mebibyte()
    {
        await FailsAsync(1009, Wire.Header(0x82, Endpoints.StandardLimit + 1));
        await FailsAsync(1009, Wire.Join(Wire.FirstText("a"u8), Wire.Header(0x80, Endpoints.StandardLimit)));
    }

    private Task AnswersAtTheSmallOneAsync(byte[] sent, params TestFrame[] answers) =>
        HoweverCutAsync(Endpoints.Small, sent, async socket =>
        {
            await socket.ExpectFramesAsync(answers);
            await socket.ExpectSilenceAsync();
        });

    public sealed class InMemory(MemoryServer server) : Section_10_4_Limits(server), IClassFixture<MemoryServer>;

    public sealed class OverKestrel(KestrelServer server) : Section_10_4_Limits(server), IClassFixture<KestrelServer>;
}
