using System.Net.WebSockets;
using static RawWebSocket.Tests.Wire.ClientFrame;

namespace RawWebSocket.Tests.Connections;

/// <summary>Applications that block the thread which reads their connection, against the advice: what they wait for ends all the same.</summary>
public sealed class BlockingApplicationTests : IDisposable
{
    private readonly ConnectionsRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_handler_that_blocks_on_its_own_close_goes_on_after_the_close_timeout()
    {
        var handler = new BlockingHandler(static connection => connection.CloseAsync(reason: "enough").Result);
        var rig = await _rig.ConnectAsync(new MemoryTransport(), new RawWebSocketOptions(), handler);
        var running = Task.Run(rig.Connection.RunAsync);
        await rig.PeerSends([.. Of(Text, "go"u8), .. Of(Text, "more"u8)]);
        (await rig.NextFrame()).ShouldBe("88 1000 enough");

        // The peer answers, but the only thread that could read it waits for just that.
        await rig.PeerSends(Closing(1000, []));
        await AdvanceUntil(running);
        handler.Calls.ShouldBe(["message go", "closure 1006", "closed 1006"]);
        rig.Transport.IsAborted.ShouldBeTrue();
        _rig.Open.Count.ShouldBe(0);
        var closure = await rig.Connection.Completion;
        closure.Limit.ShouldBe(WebSocketLimit.CloseTime);
        closure.Sent.ShouldBe(new WebSocketCloseFrame(WebSocketCloseStatus.NormalClosure, "enough"));
        closure.Reason.ShouldContain("1000: enough");
    }

    [Fact]
    public async Task A_handler_that_blocks_on_the_end_after_an_abort_goes_on_after_the_close_timeout()
    {
        var handler = new BlockingHandler(static connection =>
        {
            connection.Abort();
            return connection.Completion.Result;
        });
        var rig = await _rig.ConnectAsync(new MemoryTransport(), new RawWebSocketOptions(), handler);
        var running = Task.Run(rig.Connection.RunAsync);
        await rig.PeerSends(Of(Text, "go"u8));
        await AdvanceUntil(running);
        handler.Calls.ShouldBe(["message go", "closure 1006", "closed 1006"]);
    }

    [Fact]
    public async Task A_handler_that_blocks_when_it_is_opened_goes_on_too()
    {
        var handler = new BlockingHandler(static connection => connection.CloseAsync().Result) { BlocksWhenOpened = true };
        var rig = await _rig.ConnectAsync(new MemoryTransport(), new RawWebSocketOptions(), handler);
        var running = Task.Run(rig.Connection.RunAsync);
        await AdvanceUntil(running);
        handler.Calls.ShouldBe(["closure 1006", "closed 1006"]);
    }

    [Fact]
    public async Task A_delegate_that_blocks_on_a_message_while_nobody_reads_is_given_none_when_keep_alive_gives_up()
    {
        var rig = await _rig.ConnectAsync();
        WebSocketMessage? received = default(WebSocketMessage);
        var running = rig.Run(connection =>
        {
            received = connection.ReceiveAsync().AsTask().Result;
            return Task.CompletedTask;
        });
        await rig.PeerSends(Of(Text, "never read"u8));
        await AdvanceUntil(running);
        received.ShouldBeNull();
    }

    [Fact]
    public async Task A_delegate_that_blocks_on_a_pong_is_told_that_none_came()
    {
        var rig = await _rig.ConnectAsync();
        TimeSpan? roundTrip = TimeSpan.Zero;
        var running = rig.Run(connection =>
        {
            roundTrip = connection.PingAsync().AsTask().Result;
            connection.Abort();
            return Task.CompletedTask;
        });
        await AdvanceUntil(running);
        roundTrip.ShouldBeNull();
    }

    [Fact]
    public async Task A_handler_that_blocks_until_what_it_has_sent_is_gone_waits_for_no_batch_to_end()
    {
        var handler = new BlockingHandler(static connection =>
        {
            connection.SendTextAsync("answer").AsTask().Wait();
            connection.DrainedAsync().AsTask().Result.ShouldBeTrue();
            return new WebSocketClosure(WebSocketCloseStatus.Empty, "", ClosedBy.Server);
        });
        var options = new RawWebSocketOptions { LowQueuedBytes = 0 };
        var rig = await _rig.ConnectAsync(new MemoryTransport(), options, handler);
        var running = Task.Run(rig.Connection.RunAsync);
        await rig.PeerSends(Of(Text, "go"u8));
        (await rig.NextFrame()).ShouldBe("81 answer");
        await rig.PeerSends(Closing(1000, []));
        await AdvanceUntil(running);
        handler.Calls.ShouldBe(["message go", "closure 1005", "closed 1000"]);
    }

    [Fact]
    public async Task Sends_that_wait_behind_a_message_without_an_end_end_with_an_aborted_connection_too()
    {
        var rig = await _rig.ConnectAsync();
        SendResult? sent = null;
        var running = rig.Run(connection =>
        {
            var endless = connection.SendAsync(WebSocketMessageType.Binary, Endless());
            connection.Abort();
            sent = connection.SendTextAsync("behind it").AsTask().Result;
            return Task.CompletedTask;
        });
        await AdvanceUntil(running);
        sent.ShouldBe(SendResult.Closed);

        static async IAsyncEnumerable<ReadOnlyMemory<byte>> Endless()
        {
            yield return new byte[] { 1 };
            await Task.Delay(Timeout.InfiniteTimeSpan);
        }
    }

    [Fact]
    public async Task After_the_end_no_services_are_made_and_everything_else_answers_as_on_a_closed_connection()
    {
        var rig = await _rig.ConnectAsync();
        IServiceProvider? services = null;
        var running = rig.Run(connection =>
        {
            services = connection.Services;
            return Task.CompletedTask;
        });
        await rig.NextFrame();
        await rig.PeerSends(Closing(1000, []));
        await running;
        var connection = rig.Connection;
        services!.ShouldNotBeNull();
        Should.Throw<ObjectDisposedException>(() => services.GetService(typeof(object)));
        Should.Throw<ObjectDisposedException>(() => connection.Services);
        connection.Closed.IsCancellationRequested.ShouldBeTrue();
        connection.Items.ShouldBeEmpty();
        connection.JoinGroup("late").ShouldBeFalse();
        (await connection.PingAsync()).ShouldBeNull();
        (await connection.SendTextAsync("late")).ShouldBe(SendResult.Closed);
        (await connection.DrainedAsync()).ShouldBeFalse();
        (await connection.ReceiveAsync()).ShouldBeNull();
        (await connection.CloseAsync((WebSocketCloseStatus)4000)).Code.ShouldBe(WebSocketCloseStatus.NormalClosure);
        var told = new TaskCompletionSource();
        using var registration = connection.Closed.Register(told.SetResult);
        await told.Task;
    }

    [Fact]
    public async Task Services_that_are_first_asked_for_after_the_end_are_refused()
    {
        var rig = await _rig.ConnectAsync();
        var running = rig.Run(static _ => Task.CompletedTask);
        await rig.NextFrame();
        await rig.PeerSends(Closing(1000, []));
        await running;
        Should.Throw<ObjectDisposedException>(() => rig.Connection.Services);
    }

    private async Task AdvanceUntil(Task ended)
    {
        for (var left = 10_000; !ended.IsCompleted && left > 0; left--)
        {
            _rig.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(ended, Task.Delay(1));
        }

        await ended.WaitAsync(TimeSpan.FromSeconds(1));
    }

    private sealed class BlockingHandler(Func<WebSocketConnection, WebSocketClosure> block) : IWebSocketHandler
    {
        public List<string> Calls { get; } = [];

        public bool BlocksWhenOpened { get; init; }

        public ValueTask OnOpenedAsync(WebSocketConnection connection)
        {
            if (BlocksWhenOpened)
            {
                Calls.Add($"closure {(int)block(connection).Code}");
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message)
        {
            Calls.Add($"message {message.Text}");
            Calls.Add($"closure {(int)block(connection).Code}");
            return ValueTask.CompletedTask;
        }

        public ValueTask OnClosedAsync(WebSocketConnection connection, WebSocketClosure closure)
        {
            Calls.Add($"closed {(int)closure.Code}");
            return ValueTask.CompletedTask;
        }
    }
}
