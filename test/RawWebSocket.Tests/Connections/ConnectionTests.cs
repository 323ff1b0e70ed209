using System.Net.WebSockets;
using static RawWebSocket.Tests.Wire.ClientFrame;

namespace RawWebSocket.Tests.Connections;

/// <summary>A running connection against the clock, and where its parts meet. Whole conversations are in the integration tests.</summary>
public sealed class ConnectionTests : IDisposable
{
    private readonly ConnectionsRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_peers_close_is_answered_and_ends_the_connection()
    {
        var rig = await _rig.ConnectAsync();
        var running = rig.Run(static connection => connection.Completion);
        await rig.PeerSends(Closing(4000, "bye"u8));
        (await rig.NextFrame()).ShouldBe("88 4000 ");
        await running;
        var closure = await rig.Connection.Completion;
        (closure.Code, closure.Reason, closure.By).ShouldBe(((WebSocketCloseStatus)4000, "bye", ClosedBy.Peer));
        _rig.Open.Count.ShouldBe(0);
    }

    [Fact]
    public async Task A_peer_that_does_not_answer_a_close_is_dropped_after_the_close_timeout()
    {
        var rig = await _rig.ConnectAsync();
        var running = rig.Run(static connection => connection.CloseAsync());
        (await rig.NextFrame()).ShouldBe("88 1000 ");
        _rig.Time.Advance(TimeSpan.FromSeconds(4));
        rig.Transport.IsAborted.ShouldBeFalse();

        // The peer's time begins when the close frame has been flushed, which another thread may see a little later than the peer.
        while (!running.IsCompleted)
        {
            _rig.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        rig.Transport.IsAborted.ShouldBeTrue();
        (await rig.Connection.Completion).By.ShouldBe(ClosedBy.Transport);
    }

    [Fact]
    public async Task A_peer_that_falls_silent_is_pinged_and_then_dropped()
    {
        var rig = await _rig.ConnectAsync();
        var opened = new TaskCompletionSource();
        var running = rig.Run(connection =>
        {
            opened.SetResult();
            return connection.Completion;
        });
        await opened.Task;
        _rig.Time.Advance(TimeSpan.FromSeconds(30));
        (await rig.NextFrame()).ShouldBe("89 ");
        _rig.Time.Advance(TimeSpan.FromSeconds(20));
        await running;
        var closure = await rig.Connection.Completion;
        closure.Code.ShouldBe(WebSocketClosure.Abnormal);
        closure.Reason.ShouldContain("silent");
    }

    [Fact]
    public async Task A_ping_of_the_applications_tells_the_round_trip()
    {
        var rig = await _rig.ConnectAsync();
        TimeSpan? roundTrip = null;
        var running = rig.Run(async connection => roundTrip = await connection.PingAsync());
        var ping = await rig.NextFrame();
        ping.ShouldStartWith("89 ");
        _rig.Time.Advance(TimeSpan.FromMilliseconds(300));
        await rig.PeerSends(Of(Pong, [0, 0, 0, 0, 0, 0, 0, 1]));
        (await rig.NextFrame()).ShouldBe("88 1000 ");
        roundTrip.ShouldBe(TimeSpan.FromMilliseconds(300));
        await rig.PeerSends(Closing(1000, []));
        await running;
    }

    [Fact]
    public async Task When_the_peer_goes_without_a_close_the_closure_is_1006()
    {
        var rig = await _rig.ConnectAsync();
        var running = rig.Run(static connection => connection.Completion);
        await rig.Transport.Peer.CompleteAsync();
        await running;
        (await rig.Connection.Completion).Code.ShouldBe(WebSocketClosure.Abnormal);
    }

    [Fact]
    public async Task When_the_peer_goes_inside_a_message_that_nobody_asked_for_the_connection_ends_with_its_delegate()
    {
        var rig = await _rig.ConnectAsync();
        var running = rig.Run(static connection => Task.Delay(Timeout.InfiniteTimeSpan, connection.Closed));
        await rig.PeerSends([.. Of(TextStart, "a"u8), .. Of(Ping, [])]);
        rig.Transport.Lose();
        await running;
        (await rig.Connection.Completion).Code.ShouldBe(WebSocketClosure.Abnormal);
    }

    [Fact]
    public async Task When_the_peer_goes_inside_a_message_that_is_never_asked_for_the_connection_ends_after_the_close_timeout()
    {
        var rig = await _rig.ConnectAsync();
        var lost = new TaskCompletionSource();
        var running = rig.Run(async connection =>
        {
            using var registration = connection.Closed.UnsafeRegister(static lost => ((TaskCompletionSource)lost!).SetResult(), lost);
            await connection.Completion;
        });
        await rig.PeerSends([.. Of(Ping, []), .. Of(TextStart, "a"u8)]);
        (await rig.NextFrame()).ShouldBe("8a ");
        rig.Transport.Lose();
        await lost.Task;
        _rig.Time.Advance(TimeSpan.FromSeconds(5));
        await running;
        var closure = await rig.Connection.Completion;
        closure.Code.ShouldBe(WebSocketClosure.Abnormal);
        closure.Reason.ShouldContain("peer");
    }

    // The header alone must not begin the stream: the taker for whom it did so may be gone before the first byte of the payload.
    [Fact]
    public async Task After_a_cancelled_stream_a_message_can_still_be_received_whole()
    {
        var rig = await _rig.ConnectAsync();
        using var cancellation = new CancellationTokenSource();
        var receiving = new TaskCompletionSource();
        var received = new TaskCompletionSource<string>();
        var running = rig.Run(async connection =>
        {
            await Should.ThrowAsync<OperationCanceledException>(
                connection.ReceiveStreamAsync(cancellationToken: cancellation.Token).AsTask());
            var next = connection.ReceiveAsync();
            receiving.SetResult();
            received.SetResult((await next)!.Value.Text);
        });

        // The pong shows that the header behind the ping was seen.
        var frame = Of(Text, "Hello"u8);
        await rig.PeerSends([.. Of(Ping, "1"u8), .. frame[..6]]);
        (await rig.NextFrame()).ShouldBe("8a 1");
        cancellation.Cancel();
        await receiving.Task;
        await rig.PeerSends(frame[6..8]);
        await rig.PeerSends(frame[8..]);

        (await received.Task).ShouldBe("Hello");
        await CloseAsync(rig, running);
    }

    [Fact]
    public async Task A_stream_begins_with_its_first_fragment_even_if_that_is_empty()
    {
        var rig = await _rig.ConnectAsync();
        var begun = new TaskCompletionSource();
        var received = new TaskCompletionSource<string>();
        var running = rig.Run(async connection =>
        {
            using var reader = new StreamReader((await connection.ReceiveStreamAsync())!);
            begun.SetResult();
            received.SetResult(await reader.ReadToEndAsync());
        });

        await rig.PeerSends(Of(TextStart, []));
        await begun.Task;
        await rig.PeerSends([.. Of(Middle, []), .. Of(Middle, "Hel"u8)]);
        await rig.PeerSends(Of(Last, "lo"u8));
        (await received.Task).ShouldBe("Hello");
        await CloseAsync(rig, running);
    }

    [Fact]
    public async Task Cancelling_at_any_moment_costs_no_part_of_a_stream()
    {
        var rig = await _rig.ConnectAsync();
        var running = rig.Run(static async connection =>
        {
            var number = 0;
            while (number < 300)
            {
                using var cancellation = new CancellationTokenSource();
                var receiving = connection.ReceiveStreamAsync(cancellationToken: cancellation.Token).AsTask();
                var cancelling = Task.Run(cancellation.Cancel);
                try
                {
                    using var reader = new StreamReader((await receiving)!);
                    (await reader.ReadToEndAsync()).ShouldBe($"{number++}");
                }
                catch (OperationCanceledException)
                {
                    // Whole this time.
                    (await connection.ReceiveAsync())!.Value.Text.ShouldBe($"{number++}");
                }

                await cancelling;
            }
        });

        for (var i = 0; i < 300; i++)
        {
            await rig.PeerSends([.. Of(TextStart, []), .. Of(Last, System.Text.Encoding.UTF8.GetBytes($"{i}"))]);
        }

        await CloseAsync(rig, running);
    }

    // The delegate has returned, and so the server closes.
    [Fact]
    public async Task A_close_reason_with_half_a_surrogate_pair_is_refused_and_closes_nothing()
    {
        var rig = await _rig.ConnectAsync();
        var thrown = await Should.ThrowAsync<ArgumentException>(() => rig.Connection.CloseAsync(reason: "half \uD83C"));
        thrown.Message.ShouldContain("surrogate");
        rig.Sent().ShouldBeEmpty();
    }

    private static async Task CloseAsync(ConnectionRig rig, Task running)
    {
        (await rig.NextFrame()).ShouldBe("88 1000 ");
        await rig.PeerSends(Closing(1000, []));
        await running;
    }
}
