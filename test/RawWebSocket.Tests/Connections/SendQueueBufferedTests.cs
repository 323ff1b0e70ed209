using System.Buffers;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Connections;

/// <summary>How much waits, what it is charged for, and who is told when it has drained.</summary>
public class SendQueueBufferedTests
{
    private const int Overhead = Pending.Overhead;

    [Fact]
    public void What_waits_and_what_is_in_a_flush_is_buffered()
    {
        var rig = new SendQueueRig();
        _ = rig.Stall("12345");
        rig.Queue.Drainage.BufferedBytes.ShouldBe(7);
        _ = rig.Send("awaited");
        rig.Post("posted");
        rig.Queue.Drainage.BufferedBytes.ShouldBe(7 + 9 + 8);
        rig.Memory.Held.ShouldBe(7 + 9 + 8 + (2 * Overhead));
        rig.Read();
        rig.ShouldHoldNothing();
    }

    [Fact]
    public void A_large_message_is_buffered_until_its_last_flush()
    {
        const int Large = 200_000;
        var rig = new SendQueueRig();
        _ = rig.Send(new string('x', Large));
        rig.Queue.Drainage.BufferedBytes.ShouldBe(Large + 10);
        var read = 0L;
        while (rig.Queue.Drainage.BufferedBytes > 0)
        {
            read += rig.ReadOnce();
            rig.Queue.Drainage.BufferedBytes.ShouldBe(Large + 10 - read);
            rig.Memory.Held.ShouldBe(read < Large + 10 ? Large + 10 + Overhead : 0);
        }

        rig.ShouldHoldNothing();
    }

    [Fact]
    public void What_a_batch_has_written_is_buffered_until_it_is_flushed()
    {
        var rig = new SendQueueRig(pauseThreshold: 1000);
        rig.Queue.BeginBatch();
        _ = rig.Send("a");
        rig.Post("b");
        rig.Queue.Drainage.BufferedBytes.ShouldBe(6);
        rig.Queue.EndBatch();
        rig.ShouldHoldNothing();
    }

    [Fact]
    public async Task A_send_that_is_given_up_lets_go_of_what_it_holds_at_once()
    {
        var rig = new SendQueueRig();
        using var cancellation = new CancellationTokenSource();
        _ = rig.Stall("12345");
        var sends = Enumerable.Range(0, 100).Select(_ => rig.Send("given up", cancellation.Token)).ToList();
        var begun = rig.Queue.Fragments.BeginAsync(cancellation.Token).AsTask();
        rig.Memory.Held.ShouldBe(7 + (100 * 10) + (101 * Overhead));
        cancellation.Cancel();
        rig.Queue.Drainage.BufferedBytes.ShouldBe(7);
        rig.Memory.Held.ShouldBe(7);
        sends.ShouldAllBe(sending => sending.IsCanceled);
        (await Should.ThrowAsync<OperationCanceledException>(begun)).CancellationToken.ShouldBe(cancellation.Token);
        rig.Read().ShouldBe(["81 12345"]);
    }

    [Fact]
    public async Task One_frame_for_many_is_charged_for_once_and_held_by_each()
    {
        var budget = new MemoryBudget(long.MaxValue);
        var frame = EncodedFrame.Text("for all");
        var one = new MemoryAccount(budget);
        var two = new MemoryAccount(budget);
        frame.Hold(one);
        frame.Hold(two);
        (one.Held, two.Held, budget.Held).ShouldBe((9, 9, 9));
        frame.LetGo(one);
        (one.Held, two.Held, budget.Held).ShouldBe((0, 9, 9));
        frame.LetGo(two);
        (one.Held, two.Held, budget.Held).ShouldBe((0, 0, 0));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                frame.Hold(one);
                frame.LetGo(one);
            }
        })));
        (one.Held, budget.Held).ShouldBe((0, 0));
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("close")]
    [InlineData("lost")]
    public async Task Whatever_ends_it_nothing_stays_charged_for(string end)
    {
        var rig = new SendQueueRig();
        (await rig.Queue.Fragments.BeginAsync(default)).ShouldBe(SendResult.Sent);
        _ = rig.SendFragment(Opcode.Text, "stalls");
        var fragment = rig.SendFragment(Opcode.Continuation, "waits");
        var sending = rig.Send(new string('x', 100_000));
        rig.Post("posted", "key");
        var stopped = end == "stop" ? rig.Queue.StopAsync() : Task.CompletedTask;
        if (end == "close")
        {
            _ = rig.Close(streamed: StreamedMessage.IsInterrupted);
        }

        if (end == "lost")
        {
            rig.LoseReader();
        }
        else
        {
            rig.ReadFrames().Count.ShouldBe(end == "close" ? 2 : 1);
        }

        await stopped;
        (await fragment).ShouldBe(SendResult.Closed);
        (await sending).ShouldBe(SendResult.Closed);
        rig.ShouldHoldNothing();
    }

    [Fact]
    public async Task A_payload_that_is_gone_before_its_turn_ends_the_queue_and_leaves_nothing()
    {
        var rig = new SendQueueRig();
        _ = rig.Stall();
        var owner = new DisposableMemory(new byte[10]);
        var broken = rig.Queue.Messages.SendAsync(Opcode.Binary, new(owner.Memory), default).AsTask();
        var behind = rig.Send("behind");
        ((IDisposable)owner).Dispose();
        rig.Read().ShouldBe(["81 stall"]);
        (await broken).ShouldBe(SendResult.Closed);
        (await behind).ShouldBe(SendResult.Closed);
        rig.WriteFailure.ShouldBeOfType<ObjectDisposedException>();
        rig.ShouldHoldNothing();
    }

    [Fact]
    public async Task A_fragment_that_is_gone_before_its_turn_does_not_leave_its_sender_waiting()
    {
        var rig = new SendQueueRig();
        (await rig.Queue.Fragments.BeginAsync(default)).ShouldBe(SendResult.Sent);
        rig.Queue.Controls.SendPing("stall"u8);
        var owner = new DisposableMemory(new byte[10]);
        var fragment = rig.Queue.Fragments.SendAsync(Opcode.Binary, owner.Memory, isFinal: false).AsTask();
        ((IDisposable)owner).Dispose();
        rig.Read().ShouldBe(["89 stall"]);
        (await fragment).ShouldBe(SendResult.Closed);
        rig.ShouldHoldNothing();
    }

    [Fact]
    public async Task Drained_is_told_to_all_who_wait_when_the_low_mark_is_reached_and_the_transport_takes_more()
    {
        var rig = new SendQueueRig(high: 100_000, low: 10);
        (await rig.Queue.Drainage.WaitAsync(default)).ShouldBeTrue();
        _ = rig.Stall("12345");
        var stuck = rig.Queue.Drainage.WaitAsync(default).AsTask();
        rig.Post(new string('x', 70_000));
        var both = rig.Queue.Drainage.WaitAsync(default).AsTask();
        stuck.IsCompleted.ShouldBeFalse("The transport takes no more, however little waits.");

        rig.ReadOnce();
        stuck.IsCompleted.ShouldBeFalse("More than the low mark is left.");
        rig.ReadFrames();
        (await stuck).ShouldBeTrue();
        (await both).ShouldBeTrue();
    }

    [Fact]
    public async Task Drained_is_told_after_a_heartbeat_that_found_nothing_waiting()
    {
        var rig = new SendQueueRig(pauseThreshold: 1000);
        rig.Queue.BeginBatch();
        _ = rig.Send("in a batch");

        // On the batch's own thread it would flush what that has gathered.
        var drained = Task.FromResult(false);
        AnotherThread.Runs(() => drained = rig.Queue.Drainage.WaitAsync(default).AsTask());
        rig.Queue.Trim();
        drained.IsCompleted.ShouldBeFalse();
        rig.Queue.EndBatch();
        (await drained).ShouldBeTrue();
    }

    [Fact]
    public async Task Drained_is_told_when_what_waited_was_given_up()
    {
        var rig = new SendQueueRig();
        using var cancellation = new CancellationTokenSource();
        (await rig.Queue.Fragments.BeginAsync(default)).ShouldBe(SendResult.Sent);
        _ = rig.Send("behind the message", cancellation.Token);
        var drained = rig.Queue.Drainage.WaitAsync(default).AsTask();
        drained.IsCompleted.ShouldBeFalse();
        cancellation.Cancel();
        (await drained).ShouldBeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Drained_is_false_when_nothing_more_is_sent(bool closes)
    {
        var rig = new SendQueueRig();
        _ = rig.Stall();
        var drained = rig.Queue.Drainage.WaitAsync(default).AsTask();
        _ = closes ? rig.Close() : rig.Queue.StopAsync();
        (await drained).ShouldBeFalse();
        (await rig.Queue.Drainage.WaitAsync(default)).ShouldBeFalse();
        rig.Read();
    }

    [Fact]
    public async Task Who_waits_for_the_drain_in_a_batch_leaves_a_long_message_under_way_alone()
    {
        var rig = new SendQueueRig();
        rig.Queue.BeginBatch();
        var sending = rig.Queue.Messages.SendAsync(Opcode.Binary, new ReadOnlySequence<byte>(new byte[200_000]), default).AsTask();

        // Between two portions of the message.
        rig.Output.Flushes.ShouldBe(1);
        var drained = rig.Queue.Drainage.WaitAsync(default).AsTask();
        rig.Output.Flushes.ShouldBe(1);
        rig.Queue.EndBatch();
        rig.Output.Flushes.ShouldBe(1);
        rig.ReadFrames().ShouldHaveSingleItem().Payload.Length.ShouldBe(200_000);
        (await sending).ShouldBe(SendResult.Sent);
        (await drained).ShouldBeTrue();
    }

    [Fact]
    public async Task Waiting_for_it_to_drain_can_be_cancelled_and_harms_nobody()
    {
        var rig = new SendQueueRig();
        using var cancellation = new CancellationTokenSource();
        _ = rig.Stall();
        var cancelled = rig.Queue.Drainage.WaitAsync(cancellation.Token).AsTask();
        var other = rig.Queue.Drainage.WaitAsync(default).AsTask();
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(cancelled);
        await Should.ThrowAsync<OperationCanceledException>(rig.Queue.Drainage.WaitAsync(cancellation.Token).AsTask());
        rig.Read();
        (await other).ShouldBeTrue();
    }

    private sealed class DisposableMemory(byte[] bytes) : System.Buffers.MemoryManager<byte>
    {
        private bool _disposed;

        public override Span<byte> GetSpan()
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return bytes;
        }

        public override System.Buffers.MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing) => _disposed = true;
    }
}
