using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace RawWebSocket.Integration.Tests.Limits;

/// <summary>In virtual time, which stands still: ten control frames a second.</summary>
public class ControlFrameLimitTests
{
    private const int Most = 10;

    private readonly ManualTimeProvider _time = new();

    [Theory, InMemoryAndOverKestrel]
    public async Task A_flood_of_pings_gets_the_latest_pong_and_then_1008(ServerKind kind)
    {
        var handler = ScriptedHandler.Echo();
        await using var app = Start(handler, kind);
        await using var socket = await app.ConnectAsync();
        using var metrics = new RecordedMetrics(app);
        await socket.SendFramesAsync([.. Pings(1, 15), TestFrame.Text("between")]);

        // However the flood was cut into reads, each read's latest is answered, and so the flood's.
        var pongs = await PongsUntilAsync(socket, "15");
        pongs.Take(Most).ShouldBe(Enumerable.Range(1, Most).Select(number => $"{number}"));
        pongs.Last().ShouldBe("15");
        await metrics.SumAsync("rawwebsocket.limits", 1, "rawwebsocket.limit=control_frame_rate");

        await socket.SendFramesAsync([TestFrame.Text("before the last"), .. Pings(16, 20), TestFrame.Text("not read")]);
        await ExpectCloseAfterPongsAsync(socket, "before the last");
        var closure = await handler.Closed;
        closure.Code.ShouldBe(WebSocketCloseStatus.PolicyViolation);
        closure.Limit.ShouldBe(WebSocketLimit.ControlFrameRate);
        handler.Calls.ShouldNotContain("message not read");
        await metrics.SumAsync("rawwebsocket.limits", 2, "rawwebsocket.limit=control_frame_rate");
    }

    [Fact]
    public async Task A_second_later_there_is_room_for_as_many_again()
    {
        await using var app = Start(ScriptedHandler.Echo());
        await using var socket = await app.ConnectAsync();
        for (var second = 0; second < 5; second++)
        {
            await socket.SendFramesAsync(Pings(1, Most));
            (await PongsUntilAsync(socket, $"{Most}")).Count.ShouldBe(Most);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task A_flood_of_pongs_ends_with_1008_as_well()
    {
        var handler = ScriptedHandler.Echo();
        await using var app = Start(handler);
        await using var socket = await app.ConnectAsync();
        await socket.SendFramesAsync([.. Enumerable.Repeat(TestFrame.Pong(), 2 * Most)]);
        await socket.ExpectCloseAsync(WebSocketCloseStatus.PolicyViolation);
        (await handler.Closed).Limit.ShouldBe(WebSocketLimit.ControlFrameRate);
    }

    [Fact]
    public async Task A_handler_that_sees_pings_itself_sees_only_the_latest_beyond_the_limit()
    {
        var handler = new PingSeer();
        await using var app = Start(handler);
        await using var socket = await app.ConnectAsync();
        await socket.SendFramesAsync(Pings(1, 15));
        await handler.Seen.FirstAsync(seen => seen == "15");
        handler.Seen.Take(Most).ShouldBe(Enumerable.Range(1, Most).Select(number => $"{number}"));
        handler.Seen.Count.ShouldBe(Most + 1);
    }

    private static TestFrame[] Pings(int first, int last) =>
        [.. Enumerable.Range(first, last - first + 1).Select(number => TestFrame.Ping(Encoding.UTF8.GetBytes($"{number}")))];

    private static async Task<List<string>> PongsUntilAsync(TestWebSocket socket, string last)
    {
        var pongs = new List<string>();
        while (pongs.LastOrDefault() != last)
        {
            var frame = await socket.ExpectFrameAsync();
            if (frame.Opcode == FrameOpcode.Pong)
            {
                pongs.Add(Encoding.UTF8.GetString(frame.Payload.Span));
            }
        }

        return pongs;
    }

    // What came before the end is answered before it: a message, and perhaps pings.
    private static async Task ExpectCloseAfterPongsAsync(TestWebSocket socket, string message)
    {
        var answered = false;
        TestFrame frame;
        while ((frame = await socket.ExpectFrameAsync()).Opcode != FrameOpcode.Close)
        {
            answered |= frame.Opcode == FrameOpcode.Text && Encoding.UTF8.GetString(frame.Payload.Span) == message;
        }

        answered.ShouldBeTrue();
        frame.Payload.Span[..2].ToArray().ShouldBe([1008 >> 8, 1008 & 0xFF]);
    }

    private TestApp Start(IWebSocketHandler handler, ServerKind kind = ServerKind.InMemory) => TestApp.With(
        handler,
        options => options.MaxControlFramesPerSecond = Most,
        builder => builder.Services.AddSingleton<TimeProvider>(_time),
        kind);

    private sealed class PingSeer : IWebSocketHandler
    {
        public Recorder<string> Seen { get; } = new();

        public ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message) => ValueTask.CompletedTask;

        public void OnPing(WebSocketConnection connection, ReadOnlySpan<byte> payload) => Seen.Add(Encoding.UTF8.GetString(payload));
    }
}
