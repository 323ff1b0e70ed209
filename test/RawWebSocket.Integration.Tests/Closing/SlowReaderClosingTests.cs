using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace RawWebSocket.Integration.Tests.Closing;

/// <summary>
/// A peer that still reads what was sent before the close, over a real socket, whose buffers hold megabytes. Only the server's clock is
/// virtual: however slow the peer is, a test need not be.
/// </summary>
public class SlowReaderClosingTests
{
    private const int Pieces = 16;
    private const int PieceSize = 64 * 1024;

    private readonly ManualTimeProvider _time = new();

    // What the system holds for a peer that does not read depends on the system; what it took is what the peer must be given.
    private int _sent;

    public static TheoryData<ServerKind, bool> Hosts => new()
    {
        { ServerKind.Kestrel, false },
        { ServerKind.Kestrel, true },
        { ServerKind.KestrelWithTls, false },
    };

    [LinuxTheory, MemberData(nameof(Hosts))]
    public async Task A_peer_that_reads_slowly_is_given_all_that_was_sent_and_the_close_frame(ServerKind kind, bool tuned)
    {
        var handler = new ScriptedHandler { WhenOpened = SendMuchAndCloseAsync };
        await using var app = Start(handler, kind, tuned);
        using var socket = await SlowClient.ConnectAsync(app, kind);
        await handler.Opened;
        await _closing.Task.Within();
        _sent.ShouldBe(Pieces, "the kernel's buffers hold a megabyte");

        // Every four seconds of the server's it reads a little: at 100 KiB/s, in buffers' steps.
        long read = 0;
        while (read < Pieces * PieceSize / 2)
        {
            _time.Advance(TimeSpan.FromSeconds(4));
            read += await socket.ReadAsync(PieceSize);
        }

        await socket.ReadToCloseAsync();
        socket.Payload.ShouldBe(Pieces * PieceSize);
        socket.CloseCode.ShouldBe(1000);
        await socket.AnswerCloseAsync();
        (await socket.EndsWithFinAsync()).ShouldBeTrue();
        (await handler.Closed).ShouldSatisfyAllConditions(
            closure => closure.WasClean.ShouldBeTrue(),
            closure => closure.Code.ShouldBe(WebSocketCloseStatus.NormalClosure));
        app.Log.Problems.ShouldBeEmpty();
    }

    [LinuxFact]
    public async Task A_peer_that_stops_reading_is_dropped_when_the_time_to_send_is_over()
    {
        var handler = new ScriptedHandler { WhenOpened = SendMuchAndCloseAsync };
        await using var app = Start(handler, ServerKind.Kestrel, tuned: false);
        using var socket = await SlowClient.ConnectAsync(app, ServerKind.Kestrel);
        await _closing.Task.Within();
        await UntilBeatenAsync();
        _time.Advance(TimeSpan.FromSeconds(28));
        handler.Calls.ShouldBe(["opened"]);
        _time.Advance(TimeSpan.FromSeconds(10));
        var closure = await handler.Closed;
        closure.Code.ShouldBe(WebSocketClosure.Abnormal);
        closure.Limit.ShouldBe(WebSocketLimit.SendTime);
        closure.Reason.ShouldContain("1000: all said");
    }

    [LinuxFact]
    public async Task A_peer_that_has_been_given_everything_and_does_not_answer_sees_a_fin()
    {
        var handler = new ScriptedHandler { WhenOpened = SendMuchAndCloseAsync };
        await using var app = Start(handler, ServerKind.Kestrel, tuned: false);
        using var socket = await SlowClient.ConnectAsync(app, ServerKind.Kestrel);
        await _closing.Task.Within();
        await socket.ReadToCloseAsync();
        await _time.AdvanceUntilAsync(handler.Closed);
        (await handler.Closed).Limit.ShouldBe(WebSocketLimit.CloseTime);

        // It is still listened to until it has been quiet for a moment.
        var end = socket.EndsWithFinAsync();
        await _time.AdvanceUntilAsync(end);
        (await end).ShouldBeTrue();
        socket.Payload.ShouldBe(Pieces * PieceSize);
    }

    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async ValueTask SendMuchAndCloseAsync(WebSocketConnection connection)
    {
        while (_sent < Pieces && await connection.SendBinaryAsync(new byte[PieceSize]) == SendResult.Sent)
        {
            _sent++;
        }

        var looks = _time.Looks.Count;
        _ = connection.CloseAsync(reason: "all said");

        // One look when the closing begins, and one when the frame has been flushed.
        await _time.Looks.CountAsync(looks + 2);
        _closing.SetResult();
    }

    private async Task UntilBeatenAsync()
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        await Task.Yield();
    }

    private TestApp Start(IWebSocketHandler handler, ServerKind kind, bool tuned) => TestApp.With(
        handler,
        services: builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(_time);
            if (tuned)
            {
                builder.WebHost.UseRawWebSocketTransport(options =>
                {
                    options.UseEpoll = false;
                    options.Sockets.InlineCompletions = false;
                });
            }
        },
        kind: kind);
}
