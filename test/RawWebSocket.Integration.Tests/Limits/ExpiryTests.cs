using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace RawWebSocket.Integration.Tests.Limits;

/// <summary>In virtual time: a connection whose time has run out, without a message, in all, or because its user's ticket has.</summary>
public class ExpiryTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ManualTimeProvider _time = new();

    [Theory, InMemoryAndOverKestrel]
    public async Task Without_a_message_the_connection_is_closed_with_1008_after_the_idle_time(ServerKind kind)
    {
        var handler = new ScriptedHandler();
        await using var app = Start(handler, options => options.IdleTimeout = 10 * Minute, kind);
        using var metrics = new RecordedMetrics(app);
        await using var socket = await app.ConnectAsync();
        await handler.Opened;
        _time.Advance(10 * Minute - Second);
        await socket.ExpectNoPingAsync();
        _time.Advance(Second);
        await socket.ExpectCloseAsync(WebSocketCloseStatus.PolicyViolation, "There was no message for 600 s.");
        var closure = await handler.Closed;
        closure.ShouldBe(WebSocketCloseStatus.PolicyViolation, "There was no message for 600 s.", ClosedBy.Server);
        closure.Limit.ShouldBe(WebSocketLimit.IdleTime);
        await metrics.SumAsync("rawwebsocket.limits", 1, "rawwebsocket.limit=idle_time");
        app.Log.Problems.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("received")]
    [InlineData("sent")]
    [InlineData("streamed")]
    public async Task A_message_in_either_direction_is_life(string direction)
    {
        var parts = new PartStream();
        var handler = ScriptedHandler.Echo();
        await using var app = Start(handler, options => options.IdleTimeout = 10 * Minute);
        using var metrics = new RecordedMetrics(app);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        if (direction == "streamed")
        {
            _ = connection.SendAsync(WebSocketMessageType.Text, parts).AsTask();
        }

        for (var time = 0; time < 3; time++)
        {
            // Looked at in between, so that the beat sees what has come since.
            _time.Advance(9 * Minute);
            switch (direction)
            {
                case "received":
                    await socket.SendTextAsync("alive");
                    await socket.ExpectTextAsync("alive");
                    break;
                case "sent":
                    await connection.SendTextAsync("alive");
                    await socket.ExpectTextAsync("alive");
                    break;
                case "streamed":
                    parts.Parts.Add("part");
                    (await socket.ExpectFrameAsync()).Fin.ShouldBeFalse();
                    break;
            }
        }

        connection.Closed.IsCancellationRequested.ShouldBeFalse();
        handler.Calls.ShouldNotContain(call => call.StartsWith("closed", StringComparison.Ordinal));
        _time.Advance(11 * Minute);
        parts.End();
        var closure = await connection.Completion.Within();
        closure.Limit.ShouldBe(WebSocketLimit.IdleTime);
    }

    [Fact]
    public async Task A_message_is_life_as_soon_as_a_handler_works_on_it()
    {
        var worked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handler = new ScriptedHandler
        {
            WhenMessage = (_, _) =>
            {
                // For several beats, and without awaiting anything.
                _time.Advance(9 * Minute);
                worked.SetResult();
                return ValueTask.CompletedTask;
            },
        };
        await using var app = Start(handler, options => options.IdleTimeout = 10 * Minute);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        _time.Advance(9 * Minute);
        await socket.SendTextAsync("work");
        await worked.Task.Within();
        connection.Closed.IsCancellationRequested.ShouldBeFalse();
        await connection.SendTextAsync("done");
        await socket.ExpectTextAsync("done");
    }

    [Fact]
    public async Task Pings_and_pongs_are_not()
    {
        var handler = new ScriptedHandler();
        await using var app = Start(handler, options => options.IdleTimeout = 10 * Minute);
        await using var socket = await app.ConnectAsync();
        await handler.Opened;
        _time.Advance(9 * Minute);
        await socket.SendPingAsync("alive"u8);
        await socket.ExpectPongAsync();
        _time.Advance(Minute);
        await socket.ExpectCloseAsync(WebSocketCloseStatus.PolicyViolation);
        (await handler.Closed).Limit.ShouldBe(WebSocketLimit.IdleTime);
    }

    [Fact]
    public async Task A_connection_lives_no_longer_than_it_may_and_no_shorter_than_the_jitter_lets_it()
    {
        var handler = ScriptedHandler.Echo();
        await using var app = Start(handler, options =>
        {
            options.MaxLifetime = 100 * Minute;
            options.LifetimeJitter = 0.2;
            options.IdleTimeout = Timeout.InfiniteTimeSpan;
            options.ExpiredCloseStatus = (WebSocketCloseStatus)4001;
        });
        using var metrics = new RecordedMetrics(app);
        await using var socket = await app.ConnectAsync();
        await handler.Opened;
        _time.Advance(79 * Minute);
        await socket.SendTextAsync("alive");
        await socket.ExpectTextAsync("alive");
        for (var second = 0; second < 21 * 60 && metrics.Values.All(value => value.Instrument != "rawwebsocket.limits"); second++)
        {
            _time.Advance(Second);
        }

        await socket.ExpectCloseAsync((WebSocketCloseStatus)4001, "The connection has lived as long as it may.");
        var closure = await handler.Closed;
        closure.Limit.ShouldBe(WebSocketLimit.Lifetime);
        closure.Lifetime.ShouldBeInRange(80 * Minute, (100 * Minute) + Second);
        await metrics.SumAsync("rawwebsocket.limits", 1, "rawwebsocket.limit=lifetime");
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_connection_ends_when_the_ticket_that_opened_it_expires(ServerKind kind)
    {
        var handler = ScriptedHandler.Echo();
        await using var app = Start(handler, kind: kind);
        using var metrics = new RecordedMetrics(app);
        await using var socket = await app.ConnectAsync("/", Until(20 * Minute));
        await handler.Opened;
        _time.Advance(19 * Minute);
        await socket.SendTextAsync("alive");
        await socket.ExpectTextAsync("alive");
        _time.Advance(Minute);
        await socket.ExpectCloseAsync(WebSocketCloseStatus.PolicyViolation, "The authentication has expired.");
        (await handler.Closed).Limit.ShouldBe(WebSocketLimit.Authentication);
        await metrics.SumAsync("rawwebsocket.limits", 1, "rawwebsocket.limit=authentication");
    }

    [Fact]
    public async Task A_ticket_that_has_just_expired_still_opens_the_connection_so_that_the_client_is_told_by_its_code()
    {
        var handler = new ScriptedHandler();
        await using var app = Start(handler);
        await using var socket = await app.ConnectAsync("/", Until(TimeSpan.Zero));
        await handler.Opened;
        _time.Advance(Second);
        await socket.ExpectCloseAsync(WebSocketCloseStatus.PolicyViolation);
    }

    [Fact]
    public async Task Who_wants_that_may_outlive_the_ticket()
    {
        var handler = ScriptedHandler.Echo();
        await using var app = Start(handler, options => options.CloseOnAuthenticationExpiration = false);
        await using var socket = await app.ConnectAsync("/", Until(Minute));
        await handler.Opened;
        _time.Advance(30 * Minute);
        await socket.SendTextAsync("still here");
        await socket.ExpectTextAsync("still here");
    }

    [Fact]
    public async Task Whoever_does_not_answer_the_close_is_dropped_after_the_time_to_close()
    {
        var handler = new ScriptedHandler();
        await using var app = Start(handler);
        await using var socket = await app.ConnectAsync("/", Until(Minute) + (options => options.AutoClose = false));
        await handler.Opened;
        _time.Advance(Minute + TimeSpan.FromSeconds(1));
        await socket.ExpectCloseAsync(WebSocketCloseStatus.PolicyViolation);
        await AdvanceUntilAsync(handler.Closed);
        var closure = await handler.Closed;
        closure.Code.ShouldBe(WebSocketClosure.Abnormal);
        closure.Limit.ShouldBe(WebSocketLimit.Authentication);
    }

    [Fact]
    public async Task Whoever_does_not_read_is_dropped_after_the_time_to_close_even_if_a_write_may_wait_for_ever()
    {
        var handler = new ScriptedHandler();
        await using var app = Start(handler, options => options.SendTimeout = Timeout.InfiniteTimeSpan);
        await using var socket = await app.ConnectAsync("/", Until(10 * Minute) + (options => options.TransportCapacity = 100));
        var connection = await handler.Opened;
        var stuck = connection.SendBinaryAsync(new byte[1000]).AsTask();
        _time.Advance(9 * Minute);
        stuck.IsCompleted.ShouldBeFalse();
        _time.Advance(Minute);
        connection.Completion.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(6));
        var closure = await handler.Closed;
        closure.Limit.ShouldBe(WebSocketLimit.Authentication);
        closure.Reason.ShouldContain("longer than 5 s");
        (await stuck.Within()).ShouldBe(SendResult.Closed);
    }

    [Fact]
    public async Task A_close_of_the_applications_that_the_peer_does_not_read_does_not_outlive_the_ticket_either()
    {
        var handler = new ScriptedHandler();
        await using var app = Start(handler, options => options.SendTimeout = Timeout.InfiniteTimeSpan);
        await using var socket = await app.ConnectAsync("/", Until(10 * Minute) + (options => options.TransportCapacity = 100));
        var connection = await handler.Opened;
        var stuck = connection.SendBinaryAsync(new byte[1000]).AsTask();
        var closing = connection.CloseAsync();
        _time.Advance(10 * Minute);
        closing.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(6));
        (await closing.Within()).Reason.ShouldContain("longer than 5 s");
        (await stuck.Within()).ShouldBe(SendResult.Closed);
    }

    [Fact]
    public async Task A_message_in_fragments_that_does_not_end_does_not_prolong_the_connection()
    {
        var parts = new PartStream();
        var handler = new ScriptedHandler();
        await using var app = Start(handler);
        await using var socket = await app.ConnectAsync("/", Until(Minute));
        var connection = await handler.Opened;
        var endless = connection.SendAsync(WebSocketMessageType.Text, parts).AsTask();
        parts.Parts.Add("the first");
        await socket.ExpectFrameAsync();
        _time.Advance(Minute + TimeSpan.FromSeconds(1));
        connection.Completion.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(6));
        (await socket.ExpectEndAsync()).ShouldBe(TransportEnd.Reset);
        parts.End();
        (await endless.Within()).ShouldBe(SendResult.Closed);
        (await handler.Closed).Limit.ShouldBe(WebSocketLimit.Authentication);
    }

    private Action<TestWebSocketOptions> Until(TimeSpan time) => options =>
    {
        options.Headers[TestAuthentication.Header] = "ada";
        options.Headers[TestAuthentication.ExpiresHeader] = (_time.GetUtcNow() + time).ToString("O", CultureInfo.InvariantCulture);
    };

    // The peer's time begins when our close frame has been sent, which the client may see before the server has noted it.
    private async Task AdvanceUntilAsync(Task task)
    {
        for (var second = 0; second < 3600 && !task.IsCompleted; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await task;
    }

    private TestApp Start(IWebSocketHandler handler, Action<RawWebSocketOptions>? options = null, ServerKind kind = ServerKind.InMemory) =>
        TestApp.Mapping(
            app =>
            {
                app.UseAuthentication();
                app.MapRawWebSocket("/", handler, settings =>
                {
                    settings.KeepAliveInterval = Timeout.InfiniteTimeSpan;
                    options?.Invoke(settings);
                });
            },
            builder =>
            {
                TestAuthentication.AddTo(builder.Services);
                builder.Services.AddSingleton<TimeProvider>(_time);
            },
            kind);

    /// <summary>A stream that goes on with each part that a test adds.</summary>
    private sealed class PartStream : MemoryStream
    {
        private readonly CancellationTokenSource _end = new();
        private int _read;

        public Recorder<string> Parts { get; } = new();

        public void End() => _end.Cancel();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                var parts = await Parts.CountAsync(_read + 1).WaitAsync(_end.Token);
                return System.Text.Encoding.UTF8.GetBytes(parts[_read++], buffer.Span);
            }
            catch (OperationCanceledException)
            {
                return 0;
            }
        }
    }
}
