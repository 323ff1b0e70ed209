using System.Diagnostics;
using System.Threading.RateLimiting;

namespace RawWebSocket.Integration.Tests.Limits;

/// <summary>
/// Messages and bytes a second. The limiters' own clock is the machine's, so the tests wait only for what must take time.
/// </summary>
public class RateLimitTests
{
    [Theory, InMemoryAndOverKestrel]
    public async Task A_peer_that_is_too_quick_is_held_back_and_loses_nothing(ServerKind kind)
    {
        const int PerSecond = 20;
        await using var app = TestApp.With(ScriptedHandler.Echo(), options => options.MaxMessagesPerSecond = PerSecond, kind: kind);
        await using var socket = await app.ConnectAsync();
        using var metrics = new RecordedMetrics(app);
        var watch = Stopwatch.StartNew();
        for (var number = 0; number < 3 * PerSecond; number++)
        {
            await socket.SendTextAsync($"{number}");
            await socket.ExpectTextAsync($"{number}");
        }

        // A second's worth at once, and the rest at the rate; with room for a timer that goes ten times a second.
        watch.Elapsed.ShouldBeGreaterThan(TimeSpan.FromSeconds(1.5));
        await metrics.Values.FirstAsync(value => value.Instrument == "rawwebsocket.limits" && value.Has("rawwebsocket.limit=message_rate"));
        (await socket.CloseAsync()).Code.ShouldBe(WebSocketCloseStatus.NormalClosure);
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_peer_that_may_not_be_too_quick_is_answered_and_then_closed(ServerKind kind)
    {
        const int PerSecond = 5;
        var handler = ScriptedHandler.Echo();
        await using var app = TestApp.With(
            handler,
            options =>
            {
                options.MaxMessagesPerSecond = PerSecond;
                options.RateLimitAction = RateLimitAction.Close;
            },
            kind: kind);
        await using var socket = await app.ConnectAsync();
        using var metrics = new RecordedMetrics(app);
        await socket.SendFramesAsync([.. Enumerable.Repeat(TestFrame.Text("quick"), 500)]);
        for (var answered = 0; answered <= PerSecond; answered++)
        {
            await socket.ExpectTextAsync("quick");
        }

        await socket.ExpectCloseAsync(WebSocketCloseStatus.PolicyViolation);
        (await handler.Closed).ShouldSatisfyAllConditions(
            closure => closure.MessagesReceived.ShouldBe(PerSecond + 1),
            closure => closure.Limit.ShouldBe(WebSocketLimit.MessageRate),
            closure => closure.Code.ShouldBe(WebSocketCloseStatus.PolicyViolation),
            closure => closure.By.ShouldBe(ClosedBy.Server));
        await metrics.SumAsync("rawwebsocket.limits", 1, "rawwebsocket.limit=message_rate");
    }

    [Fact]
    public async Task Bytes_are_limited_too_and_control_frames_are_bytes()
    {
        var handler = ScriptedHandler.Echo();
        await using var app = TestApp.With(handler, options =>
        {
            options.MaxBytesPerSecond = 300;
            options.RateLimitAction = RateLimitAction.Close;
        });
        await using var socket = await app.ConnectAsync();
        using var metrics = new RecordedMetrics(app);
        var ping = TestFrame.Ping(Bytes.Counting(125));
        await socket.SendFramesAsync(TestFrame.Binary(Bytes.Counting(100)), ping, ping);
        await socket.ExpectBinaryAsync(Bytes.Counting(100));
        await socket.ExpectCloseAsync(WebSocketCloseStatus.PolicyViolation);
        (await handler.Closed).Limit.ShouldBe(WebSocketLimit.ByteRate);
        await metrics.SumAsync("rawwebsocket.limits", 1, "rawwebsocket.limit=byte_rate");
    }

    [Theory]
    [InlineData(ServerKind.InMemory, "close")]
    [InlineData(ServerKind.Kestrel, "close")]
    [InlineData(ServerKind.InMemory, "abort")]
    [InlineData(ServerKind.Kestrel, "abort")]
    [InlineData(ServerKind.InMemory, "lost")]
    [InlineData(ServerKind.Kestrel, "lost")]
    public async Task A_peer_that_is_held_back_for_very_long_still_comes_to_its_end_at_once(ServerKind kind, string end)
    {
        var handler = ScriptedHandler.Echo();
        await using var app = TestApp.With(handler, options => options.MaxBytesPerSecond = 10, kind: kind);
        var socket = await app.ConnectAsync();
        using var metrics = new RecordedMetrics(app);

        // Short enough to come in one piece: of a longer message the rest would be held back already.
        await socket.SendBinaryAsync(Bytes.Counting(1_000));
        await socket.ExpectBinaryAsync(Bytes.Counting(1_000));
        await metrics.Values.FirstAsync(value => value.Has("rawwebsocket.limit=byte_rate"));
        var connection = await handler.Opened;
        switch (end)
        {
            case "close":
                var closing = connection.CloseAsync();
                await socket.ExpectCloseAsync(WebSocketCloseStatus.NormalClosure);
                (await closing.Within()).WasClean.ShouldBeTrue();
                break;
            case "abort":
                connection.Abort();
                break;
            default:
                socket.Abort();
                break;
        }

        (await handler.Closed).Limit.ShouldBeNull();
        await socket.DisposeAsync();
    }

    [Fact]
    public async Task An_applications_own_limiter_may_count_several_connections_together()
    {
        using var limiter = PartitionedRateLimiter.Create<WebSocketConnection, string>(connection =>
            RateLimitPartition.GetFixedWindowLimiter(
                $"{connection.Request.Query["user"]}",
                static _ => new FixedWindowRateLimiterOptions { PermitLimit = 4, Window = TimeSpan.FromHours(1) }));
        await using var app = TestApp.With(ScriptedHandler.Echo(), options =>
        {
            options.MessageRateLimiter = limiter;
            options.RateLimitAction = RateLimitAction.Close;
        });
        await using var first = await app.ConnectAsync("/?user=one");
        await using var second = await app.ConnectAsync("/?user=one");
        await using var other = await app.ConnectAsync("/?user=other");
        foreach (var socket in (TestWebSocket[])[first, second, first, second, other])
        {
            await socket.SendTextAsync("fine");
            await socket.ExpectTextAsync("fine");
        }

        await first.SendTextAsync("too many");
        await first.ExpectTextAsync("too many");
        await first.ExpectCloseAsync(WebSocketCloseStatus.PolicyViolation);
        await other.SendTextAsync("still fine");
        await other.ExpectTextAsync("still fine");
    }
}
