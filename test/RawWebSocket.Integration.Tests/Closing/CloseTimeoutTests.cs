using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;

namespace RawWebSocket.Integration.Tests.Closing;

/// <summary>In virtual time: nothing here takes as long as it says.</summary>
public class CloseTimeoutTests
{
    private static readonly TimeSpan AlmostTheTimeout = TimeSpan.FromSeconds(3.5);
    private static readonly TimeSpan BeyondTheTimeout = TimeSpan.FromSeconds(3);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task A_peer_that_does_not_answer_the_close_is_dropped_when_the_time_is_over()
    {
        var handler = new ScriptedHandler();
        await using var app = Start(handler);
        await using var socket = await app.ConnectAsync(configure: options => options.AutoClose = false);
        var closing = await CloseAsync(await handler.Opened);
        await socket.ExpectCloseAsync(WebSocketCloseStatus.NormalClosure);

        _time.Advance(AlmostTheTimeout);
        closing.IsCompleted.ShouldBeFalse();
        _time.Advance(BeyondTheTimeout);
        (await socket.ExpectEndAsync()).ShouldBe(TransportEnd.Reset);
        var closure = await closing.Within();
        closure.Code.ShouldBe(WebSocketClosure.Abnormal);
        closure.By.ShouldBe(ClosedBy.Transport);
        closure.Reason.ShouldContain("5 s");
    }

    [Fact]
    public async Task A_peer_that_does_not_read_the_close_is_dropped_when_the_time_to_send_is_over()
    {
        var handler = new ScriptedHandler();
        await using var app = Start(handler);
        await using var socket = await app.ConnectAsync(configure: options => options.TransportCapacity = 100);
        var connection = await handler.Opened;
        var stuck = connection.SendBinaryAsync(new byte[1000]).Within();
        var closing = connection.CloseAsync();
        _time.Advance(AlmostTheTimeout);
        stuck.IsCompleted.ShouldBeFalse();
        _time.Advance(new RawWebSocketOptions().SendTimeout);
        (await stuck).ShouldBe(SendResult.Closed);
        (await closing.Within()).Code.ShouldBe(WebSocketClosure.Abnormal);
    }

    [Fact]
    public async Task A_handler_that_is_still_busy_after_the_time_does_not_keep_the_answer_back()
    {
        var gate = new Gate();
        var handler = new ScriptedHandler { WhenMessage = async (_, _) => await gate.PassAsync() };
        await using var app = Start(handler);
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("busy");
        await handler.Calls.CountAsync(2);
        await CloseAndLetTheTimePassAsync(socket, await handler.Opened);
        await socket.ExpectCloseAsync(WebSocketCloseStatus.NormalClosure);
        (await (await handler.Opened).Completion.Within()).By.ShouldBe(ClosedBy.Peer);

        handler.Calls.ShouldBe(["opened", "message busy"]);
        gate.Open();
        await handler.Closed;
        handler.Calls.ShouldBe(["opened", "message busy", "closed 1000 Peer"]);
    }

    [Fact]
    public async Task A_streamed_message_of_a_handler_that_does_not_end_is_broken_off_after_the_time()
    {
        var pieces = Channel.CreateUnbounded<ReadOnlyMemory<byte>>();
        pieces.Writer.TryWrite(new byte[] { 1 });
        var sent = new TaskCompletionSource<SendResult>();
        var handler = new ScriptedHandler
        {
            WhenMessage = async (connection, _) =>
                sent.SetResult(await connection.SendAsync(WebSocketMessageType.Binary, pieces.Reader.ReadAllAsync())),
        };
        await using var app = Start(handler);
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("go");
        await socket.ExpectFrameAsync(TestFrame.Binary([1]) with { Fin = false });
        await CloseAndLetTheTimePassAsync(socket, await handler.Opened);
        await socket.ExpectCloseAsync(WebSocketCloseStatus.NormalClosure);
        pieces.Writer.TryWrite(new byte[] { 2 });
        (await sent.Task.Within()).ShouldBe(SendResult.Closed);
        await handler.Closed;
    }

    [Fact]
    public async Task A_closing_handshake_in_time_is_not_disturbed()
    {
        var handler = new ScriptedHandler();
        await using var app = Start(handler);
        await using var socket = await app.ConnectAsync(configure: options => options.AutoClose = false);
        var closing = await CloseAsync(await handler.Opened);
        await socket.ExpectCloseAsync(WebSocketCloseStatus.NormalClosure);
        _time.Advance(AlmostTheTimeout);
        await socket.SendCloseAsync(WebSocketCloseStatus.NormalClosure);
        (await socket.ExpectEndAsync()).ShouldBe(TransportEnd.Finished);
        (await closing.Within()).WasClean.ShouldBeTrue();
        _time.Advance(BeyondTheTimeout);
    }

    // The server looks at the clock when a step of closing begins; the limit counts from there.
    private async Task<Task<WebSocketClosure>> CloseAsync(WebSocketConnection connection)
    {
        var looks = _time.Looks.Count;
        var closing = connection.CloseAsync();
        await _time.Looks.CountAsync(looks + 1);
        return closing;
    }

    private async Task CloseAndLetTheTimePassAsync(TestWebSocket socket, WebSocketConnection connection)
    {
        var looks = _time.Looks.Count;
        await socket.SendCloseAsync(WebSocketCloseStatus.NormalClosure);
        await connection.Closed.CancelledAsync();
        await _time.Looks.CountAsync(looks + 1);
        _time.Advance(TimeSpan.FromSeconds(7));
    }

    private TestApp Start(IWebSocketHandler handler) =>
        TestApp.With(handler, services: builder => builder.Services.AddSingleton<TimeProvider>(_time));
}
