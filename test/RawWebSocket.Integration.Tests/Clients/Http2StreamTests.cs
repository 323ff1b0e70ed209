using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace RawWebSocket.Integration.Tests.Clients;

/// <summary>
/// What becomes of a WebSocket's stream (RFC 8441 section 5), seen frame by frame: "Orderly TCP-level closures are represented as
/// END_STREAM flags … RST exceptions are represented with the RST_STREAM frame with the CANCEL (8) error code."
/// </summary>
public class Http2StreamTests
{
    private const string Cancelled = "RST 8";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task An_abort_cancels_the_stream()
    {
        await using var app = Start(new ScriptedHandler
        {
            WhenMessage = (connection, _) =>
            {
                connection.Abort();
                return ValueTask.CompletedTask;
            },
        });
        await using var client = await Http2Client.ConnectAsync(app);
        var stream = await client.OpenAsync();
        await stream.SendAsync(TestFrame.Text("abort"));
        await stream.Events.FirstAsync(text => text == Cancelled);
        await FinishedAsync(app);
        stream.Events.Last().ShouldBe(Cancelled);
    }

    [Fact]
    public async Task A_peer_that_does_not_answer_a_ping_is_cancelled()
    {
        var handler = new ScriptedHandler();
        await using var app = Start(handler);
        await using var client = await Http2Client.ConnectAsync(app);
        var stream = await client.OpenAsync();
        await handler.Opened;
        _time.Advance(60 * Second);
        await stream.Events.FirstAsync(text => text == Cancelled);
        await FinishedAsync(app);
    }

    [Fact]
    public async Task A_close_that_is_not_answered_cancels_the_stream()
    {
        var handler = new ScriptedHandler();
        await using var app = Start(handler);
        await using var client = await Http2Client.ConnectAsync(app);
        var stream = await client.OpenAsync();
        _ = (await handler.Opened).CloseAsync();
        await stream.Events.FirstAsync(text => text.StartsWith("DATA 88", StringComparison.Ordinal));
        await _time.AdvanceUntilAsync(stream.Events.FirstAsync(text => text == Cancelled));
        await FinishedAsync(app);
        stream.Events.ShouldNotContain("END_STREAM");
    }

    [Theory]
    [InlineData("send")]
    [InlineData("post")]
    public async Task A_peer_that_does_not_read_is_cancelled(string way)
    {
        var handler = new ScriptedHandler();
        await using var app = Start(handler);
        await using var client = await Http2Client.ConnectAsync(app);
        var stream = await client.OpenAsync();
        var connection = await handler.Opened;

        // The window that this client gives is 65,535 bytes, once.
        if (way == "send")
        {
            _ = connection.SendBinaryAsync(new byte[100_000]).AsTask();
        }
        else
        {
            for (var i = 0; i < 100; i++)
            {
                connection.PostBinary(new byte[100_000]);
            }
        }

        await _time.AdvanceUntilAsync(stream.Events.FirstAsync(text => text == Cancelled));
        await FinishedAsync(app);
    }

    [Theory]
    [InlineData("the peer closes")]
    [InlineData("the server closes")]
    [InlineData("the peer makes a mistake")]
    [InlineData("the application fails")]
    public async Task A_finished_closing_handshake_ends_one_direction_and_waits_for_the_other(string way)
    {
        var handler = new ScriptedHandler { WhenMessage = (_, _) => throw new InvalidOperationException("The application fails.") };
        await using var app = Start(handler);
        await using var client = await Http2Client.ConnectAsync(app);
        var stream = await client.OpenAsync();
        var connection = await handler.Opened;
        var completion = connection.Completion;
        switch (way)
        {
            case "the peer closes":
                await stream.SendAsync(TestFrame.Close(1000));
                break;
            case "the server closes":
                _ = connection.CloseAsync();
                await stream.Events.FirstAsync(text => text.StartsWith("DATA 88", StringComparison.Ordinal));
                await stream.SendAsync(TestFrame.Close(1000));
                break;
            case "the application fails":
                await stream.SendAsync(TestFrame.Text("fail"));
                await stream.Events.FirstAsync(text => text.StartsWith("DATA 88", StringComparison.Ordinal));
                await stream.SendAsync(TestFrame.Close(1011));
                break;
            default:
                await stream.SendAsync(TestFrame.Text([0xFF]));
                break;
        }

        // Nobody waits for the peer's end but the stream.
        await completion.Within();
        await handler.Closed;
        await stream.Events.FirstAsync(text => text == "END_STREAM");
        await stream.EndAsync();
        await FinishedAsync(app);
        await client.OpenAsync();
        stream.Events.Skip(1).Select(text => text.Split(' ')[0]).ShouldBe(["DATA", "END_STREAM"]);
    }

    [Fact]
    public async Task A_peer_that_has_closed_and_ended_its_side_at_once_gets_no_reset_either()
    {
        await using var app = Start(new ScriptedHandler());
        await using var client = await Http2Client.ConnectAsync(app);
        var stream = await client.OpenAsync();
        await stream.SendAsync(TestFrame.Close(1000));
        await stream.EndAsync();
        await stream.Events.FirstAsync(text => text == "END_STREAM");
        await FinishedAsync(app);
        await client.OpenAsync();
        stream.Events.Skip(1).ShouldBe(["DATA 880203E8", "END_STREAM"]);
    }

    [Fact]
    public async Task The_direction_ends_while_the_application_is_still_at_it()
    {
        var gate = new Gate();
        var handler = new ScriptedHandler { WhenClosed = async (_, _) => await gate.PassAsync() };
        await using var app = Start(handler);
        await using var client = await Http2Client.ConnectAsync(app);
        var stream = await client.OpenAsync();
        await stream.SendAsync(TestFrame.Close(1000));
        await stream.Events.FirstAsync(text => text == "END_STREAM");
        await stream.EndAsync();
        gate.Open();
        await FinishedAsync(app);
        await client.OpenAsync();
        stream.Events.Last().ShouldBe("END_STREAM");
    }

    [Fact]
    public async Task A_peer_that_never_ends_its_side_is_cancelled_when_closing_has_taken_too_long()
    {
        var handler = new ScriptedHandler();
        await using var app = Start(handler);
        await using var client = await Http2Client.ConnectAsync(app);
        var stream = await client.OpenAsync();
        await stream.SendAsync(TestFrame.Close(1000));
        await stream.Events.FirstAsync(text => text == "END_STREAM");
        await handler.Closed;
        await _time.AdvanceUntilAsync(stream.Events.FirstAsync(text => text == Cancelled));
        await FinishedAsync(app);
        app.Log.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_peer_that_does_not_answer_the_goodbye_of_a_host_that_stops_is_cancelled()
    {
        var handler = new ScriptedHandler();
        await using var app = Start(handler);
        await using var client = await Http2Client.ConnectAsync(app);
        var stream = await client.OpenAsync();
        await handler.Opened;
        var stopping = app.StopHostAsync();
        await _time.AdvanceUntilAsync(stream.Events.FirstAsync(text => text == Cancelled));
        stream.Events.ShouldContain(text => text.StartsWith("DATA 88", StringComparison.Ordinal) && text.Contains("03E9"));
        (await handler.Closed).By.ShouldBe(ClosedBy.Transport);

        // The host waits for the connection itself too, which is this client's to end.
        await client.DisposeAsync();
        await _time.AdvanceUntilAsync(stopping);
    }

    [Fact]
    public async Task A_peer_that_holds_too_much_of_the_memory_budget_is_cancelled()
    {
        const int Budget = 1024 * 1024;
        var handler = ScriptedHandler.Echo();
        await using var app = TestApp.With(
            handler,
            options => options.MaxMessageSize = 4 * Budget,
            builder => builder.Services.Configure<RawWebSocketOptions>(options => options.Server.MemoryBudget = Budget),
            ServerKind.KestrelWithHttp2);
        await using var client = await Http2Client.ConnectAsync(app);
        var stream = await client.OpenAsync();
        await handler.Opened;
        await stream.SendAllAsync((TestFrame.Binary(new byte[2 * Budget]) with { Fin = false }).ToBytes());
        await stream.Events.FirstAsync(text => text == Cancelled);
        (await handler.Closed).Limit.ShouldBe(WebSocketLimit.Memory);
    }

    [Fact]
    public async Task A_peer_that_ends_its_side_without_a_close_frame_has_gone()
    {
        var handler = new ScriptedHandler();
        await using var app = Start(handler, server => server.MaxConnections = 1);
        await using var client = await Http2Client.ConnectAsync(app);
        var stream = await client.OpenAsync();
        await handler.Opened;
        await stream.EndAsync();
        var closure = await handler.Closed;
        closure.Code.ShouldBe(WebSocketClosure.Abnormal);
        closure.By.ShouldBe(ClosedBy.Transport);
        await FinishedAsync(app);
        app.Groups.All.ShouldBeEmpty();
        app.Log.Problems.ShouldBeEmpty();
        (await client.OpenAsync()).Status.ShouldBe(200, "its slot is free again");
    }

    [Fact]
    public async Task While_memory_is_short_newcomers_are_refused_as_over_HTTP_1()
    {
        // No process uses so little.
        await using var app = TestApp.With(
            ScriptedHandler.Echo(),
            services: builder => builder.Services.Configure<RawWebSocketOptions>(options => options.Server.MaxMemoryLoad = 1e-9),
            kind: ServerKind.KestrelWithHttp2);
        using var metrics = new RecordedMetrics(app);
        await using var client = await Http2Client.ConnectAsync(app);
        var stream = await client.OpenAsync();
        await stream.Events.FirstAsync(text => text == "END_STREAM");
        stream.Status.ShouldBe(503);
        var body = Convert.FromHexString(stream.Events.First(text => text.StartsWith("DATA ", StringComparison.Ordinal))[5..]);
        Encoding.UTF8.GetString(body).ShouldBe("The server is short of memory (MaxMemoryLoad).\n");
        await metrics.SumAsync("rawwebsocket.refusals", 1, "rawwebsocket.reason=memory");
    }

    [Fact]
    public async Task A_peer_that_is_reset_meanwhile_ends_the_wait()
    {
        await using var app = Start(new ScriptedHandler());
        await using var client = await Http2Client.ConnectAsync(app);
        var stream = await client.OpenAsync();
        await stream.SendAsync(TestFrame.Close(1000));
        await stream.Events.FirstAsync(text => text == "END_STREAM");
        await stream.ResetAsync(8);
        await FinishedAsync(app);
        app.Log.Problems.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_sibling_of_streams_that_are_held_back_lives(int heldBack)
    {
        var gate = new Gate();
        var idle = ScriptedHandler.Echo();
        await using var app = StartWindows(gate, idle, windows: null);
        await using var client = await Http2Client.ConnectAsync(app);
        await using var other = await Http2Client.ConnectAsync(app);
        var ticks = await other.OpenAsync("/tick");
        var sibling = await client.OpenAsync("/idle");
        var connection = await idle.Opened;
        for (var i = 0; i < heldBack; i++)
        {
            await HoldBackAsync(await client.OpenAsync("/busy"));
        }

        // One stream cannot use up the window of the connection that it shares, two can.
        (client.Window > 0).ShouldBe(heldBack == 1);
        if (heldBack == 1)
        {
            await sibling.SendAsync(TestFrame.Text("heard"));
            await idle.Calls.FirstAsync(call => call == "message heard");
        }

        await LetTimePassAsync(120, ticks);
        connection.Closed.IsCancellationRequested.ShouldBeFalse();

        gate.Open();
        await client.WindowUpdates.UntilAsync(_ => client.Window > 1000);
        await sibling.SendAsync(TestFrame.Text("well"));
        await idle.Calls.FirstAsync(call => call == "message well");
        sibling.Events.ShouldNotContain(Cancelled);
    }

    [Fact]
    public async Task A_sibling_is_not_blamed_where_one_stream_may_use_the_whole_window_of_the_connection()
    {
        var gate = new Gate();
        var idle = ScriptedHandler.Echo();
        await using var app = StartWindows(gate, idle, windows: 128 * 1024);
        await using var client = await Http2Client.ConnectAsync(app);
        await using var other = await Http2Client.ConnectAsync(app);
        var ticks = await other.OpenAsync("/tick");
        var sibling = await client.OpenAsync("/idle");
        var connection = await idle.Opened;

        // Pinged, and about to answer: that is when the window is gone.
        _time.Advance(31 * Second);
        await sibling.Events.FirstAsync(text => text == "DATA 8900");
        await HoldBackAsync(await client.OpenAsync("/busy"));
        client.Window.ShouldBe(0);
        await LetTimePassAsync(120, ticks);
        connection.Closed.IsCancellationRequested.ShouldBeFalse();

        // Heard again and silent then, it is judged as ever.
        gate.Open();
        await client.WindowUpdates.UntilAsync(_ => client.Window > 1000);
        await sibling.SendAsync(TestFrame.Pong());
        await LetTimePassAsync(60, ticks);
        await sibling.Events.FirstAsync(text => text == Cancelled);
    }

    private TestApp Start(IWebSocketHandler handler, Action<RawWebSocketServerOptions>? server = null) => TestApp.With(
        handler,
        services: builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(_time);
            builder.Services.Configure<RawWebSocketOptions>(options => server?.Invoke(options.Server));
        },
        kind: ServerKind.KestrelWithHttp2);

    private TestApp StartWindows(Gate gate, ScriptedHandler idle, int? windows)
    {
        var busy = new ScriptedHandler
        {
            WhenMessage = async (connection, message) =>
            {
                // Not awaited, so it leaves when all that has come is dealt with: with it, reading is held back.
                _ = message.Text == "busy" ? connection.SendTextAsync("busy").AsTask() : Task.CompletedTask;
                await gate.PassAsync();
            },
        };
        return TestApp.Mapping(
            routes =>
            {
                routes.MapRawWebSocket("/busy", busy, options => options.ReceiveAheadBytes = 1);
                routes.MapRawWebSocket("/idle", idle);
                routes.MapRawWebSocket("/tick", ScriptedHandler.Echo());
            },
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(_time);
                if (windows is { } size)
                {
                    builder.Services.Configure<KestrelServerOptions>(options =>
                    {
                        options.Limits.Http2.InitialConnectionWindowSize = size;
                        options.Limits.Http2.InitialStreamWindowSize = size;
                    });
                }
            },
            ServerKind.KestrelWithHttp2);
    }

    // Sends more than is read, until nothing more may be sent.
    private static async Task HoldBackAsync(Http2ClientStream stream)
    {
        await stream.SendAsync(TestFrame.Text("busy"));
        await stream.TrySendAsync(TestFrame.Text("waits").ToBytes());
        await stream.Events.FirstAsync(text => text.StartsWith("DATA", StringComparison.Ordinal));
        var frame = TestFrame.Binary(new byte[10_000]).ToBytes();
        while (await stream.TrySendAsync(frame) == frame.Length)
        {
        }
    }

    // Something else happens in every second, so that everything that is due in this one has had its turn.
    private async Task LetTimePassAsync(int seconds, Http2ClientStream ticks)
    {
        for (var second = 0; second < seconds; second++)
        {
            _time.Advance(Second);
            var before = ticks.Events.Count;
            await ticks.SendAsync(TestFrame.Text("tick"));
            await ticks.Events.CountAsync(before + 1);
        }
    }

    private static Task<LogEntry> FinishedAsync(TestApp app) => app.Log.Entries.FirstAsync(
        entry => entry.Category == "Microsoft.AspNetCore.Hosting.Diagnostics" && entry.EventId == 2);
}
