using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Protocol;
using RawWebSocket.Tests.Wire;

namespace RawWebSocket.Tests.Connections;

/// <summary>What other threads do while one gathers a batch.</summary>
public class SendQueueBatchAndOthersTests
{
    private readonly SendQueueRig _rig = new();

    public SendQueueBatchAndOthersTests()
    {
        _rig.Queue.BeginBatch();
        _ = _rig.Send("1");
        _ = _rig.Send("2");
    }

    [Fact]
    public void A_send_between_two_of_a_batch_leaves_between_them()
    {
        AnotherThread.Runs(() => _rig.Send("other"));
        _rig.Read().ShouldBe(["81 1", "81 2", "81 other"]);
        _ = _rig.Send("3");
        _ = _rig.Send("4");
        _rig.Read().ShouldBeEmpty();
        _rig.Queue.EndBatch();
        _rig.Read().ShouldBe(["81 3", "81 4"]);
        _rig.Messages.ShouldBe(5);
    }

    [Fact]
    public void A_post_and_a_ping_leave_between_them()
    {
        AnotherThread.Runs(() => _rig.Post("post"));
        _rig.Read().ShouldBe(["81 1", "81 2", "81 post"]);
        _ = _rig.Send("3");
        _ = _rig.Send("4");
        AnotherThread.Runs(() => _rig.Queue.Controls.SendPing("ping"u8));
        _rig.Read().ShouldBe(["81 3", "81 4", "89 ping"]);
        _ = _rig.Send("5");
        _rig.Queue.EndBatch();
        _rig.Read().ShouldBe(["81 5"]);
    }

    [Fact]
    public async Task Behind_a_close_a_batch_sends_nothing()
    {
        AnotherThread.Runs(() => _rig.Close());
        (await _rig.Send("3")).ShouldBe(SendResult.Closed);
        _rig.Queue.EndBatch();
        _rig.Read().ShouldBe(["81 1", "81 2", "88 "]);
    }

    [Fact]
    public async Task Once_it_has_stopped_a_batch_sends_nothing()
    {
        await _rig.Queue.StopAsync();
        (await _rig.Send("3")).ShouldBe(SendResult.Closed);
        _rig.Queue.EndBatch();
        _rig.Read().ShouldBeEmpty();
        _rig.ShouldHoldNothing();
    }

    [Fact]
    public void A_message_in_fragments_is_not_interrupted_by_a_batch()
    {
        AnotherThread.Runs(() => _rig.Queue.Fragments.BeginAsync(default).AsTask());
        var waiting = _rig.Send("3");
        waiting.IsCompleted.ShouldBeFalse();
        AnotherThread.Runs(() => _rig.SendFragment(Opcode.Text, "whole", isFinal: true));
        _rig.Queue.EndBatch();
        _rig.Read().ShouldBe(["81 1", "81 2", "81 whole", "81 3"]);
    }

    [Fact]
    public void A_payload_that_throws_leaves_nothing_behind_and_keeps_nobody_waiting()
    {
        var gone = new ReadOnlySequence<byte>(new DisposedMemory().Memory);
        Should.Throw<ObjectDisposedException>(() => _rig.Queue.Messages.SendAsync(Opcode.Text, gone, default).AsTask());
        _ = _rig.Send("3");
        AnotherThread.Runs(() => _rig.Send("other"));
        _rig.Queue.EndBatch();
        _rig.Read().ShouldBe(["81 1", "81 2", "81 3", "81 other"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_throws_when_something_is_counted_keeps_nobody_from_sending(bool atTheEnd)
    {
        _rig.CountingFailure = new InvalidOperationException();
        if (atTheEnd)
        {
            Should.Throw<InvalidOperationException>(_rig.Queue.EndBatch);
        }
        else
        {
            AnotherThread.Runs(() => Should.Throw<InvalidOperationException>(() => _rig.Send("other")));
        }

        _rig.CountingFailure = null;
        _ = _rig.Send("3");
        _rig.Queue.EndBatch();
        _rig.Read().ShouldBe(atTheEnd ? ["81 1", "81 2", "81 3"] : ["81 1", "81 2", "81 other", "81 3"]);
        await _rig.Queue.StopAsync();
        _rig.ShouldHoldNothing();
    }

    [Fact]
    public void Memory_that_sends_on_the_connection_for_which_it_is_asked_fails_the_connection_and_keeps_nobody_waiting()
    {
        var pipe = new Pipe();
        var output = new CallingWriter(pipe.Writer);
        var observer = new FailingObserver(new MemoryAccount(new MemoryBudget(long.MaxValue)));
        var queue = observer.QueueOver(output);

        // What fills the first piece of memory, but for less than a header.
        var first = new byte[pipe.Writer.GetMemory().Length - 3 - 4 - 5];
        queue.BeginBatch();
        queue.Messages.Post(Opcode.Text, "1"u8).ShouldBe(PostResult.Queued);
        queue.Messages.Post(Opcode.Text, first).ShouldBe(PostResult.Queued);
        output.WhenAsked = () => queue.Messages.Post(Opcode.Text, "inside"u8);
        queue.Messages.Post(Opcode.Text, "2"u8).ShouldBe(PostResult.Closed);
        observer.Failures.ShouldHaveSingleItem().ShouldBeOfType<InvalidOperationException>().Message.ShouldContain("sends on the connection");
        output.WhenAsked = null;
        AnotherThread.Runs(() => queue.Messages.Post(Opcode.Text, "outside"u8).ShouldBe(PostResult.Closed));
        queue.EndBatch();
        pipe.Reader.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public void What_it_has_written_is_buffered_until_it_is_flushed()
    {
        _rig.Queue.Drainage.BufferedBytes.ShouldBe(3 + 3);
        _ = _rig.Send("3");
        _ = _rig.Send("4");
        _rig.Queue.Drainage.BufferedBytes.ShouldBe(4 * 3);
        _rig.Messages.ShouldBe(0);
        _rig.Queue.EndBatch();
        _rig.Messages.ShouldBe(4);
        _rig.Bytes.ShouldBe(4 * 3);
    }

    [Fact]
    public async Task Batches_and_others_at_the_same_time_write_whole_frames_each_in_their_order()
    {
        const int Messages = 100_000;
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var queue = new SilentObserver(new MemoryAccount(new MemoryBudget(long.MaxValue))).QueueOver(pipe.Writer);
        var batches = Task.Run(() => SendInBatches(queue, Messages));
        var others = Task.Run(() => PostWhile(queue, batches));
        (await Task.WhenAll(await batches)).ShouldAllBe(result => result == SendResult.Sent);
        var posted = await others;
        await queue.Controls.CloseAsync(new ClosePayload(WebSocketCloseStatus.Empty, ""), StreamedMessage.IsFinished);
        await pipe.Writer.CompleteAsync();
        pipe.Reader.TryRead(out var read);

        var bytes = read.Buffer.ToArray().ToList();
        var frames = ServerFrame.TakeAll(bytes);
        bytes.ShouldBeEmpty();
        Numbers(frames, 0x81).ShouldBe(Enumerable.Range(0, Messages));
        Numbers(frames, 0x82).ShouldBe(Enumerable.Range(0, posted));
        frames.Count.ShouldBe(Messages + posted + 1);
    }

    private static List<Task<SendResult>> SendInBatches(SendQueue queue, int count)
    {
        var sends = new List<Task<SendResult>>();
        for (var number = 0; number < count;)
        {
            queue.BeginBatch();
            for (var last = Math.Min(number + 50, count); number < last; number++)
            {
                sends.Add(queue.Messages.SendAsync(Opcode.Text, SendQueueRig.Payload($"{number}"), default).AsTask());
            }

            queue.EndBatch();
        }

        return sends;
    }

    private static int PostWhile(SendQueue queue, Task batches)
    {
        var number = 0;
        while (!batches.IsCompleted)
        {
            queue.Messages.Post(Opcode.Binary, Encoding.ASCII.GetBytes($"{number++}")).ShouldBe(PostResult.Queued);
        }

        return number;
    }

    private static IEnumerable<int> Numbers(List<ServerFrame> frames, byte firstByte) =>
        frames.Where(frame => frame.FirstByte == firstByte).Select(frame => int.Parse(frame.Text, CultureInfo.InvariantCulture));

    private sealed class CallingWriter(PipeWriter inner) : PipeWriter
    {
        public Action? WhenAsked { get; set; }

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0)
        {
            WhenAsked?.Invoke();
            return inner.GetMemory(sizeHint);
        }

        public override Span<byte> GetSpan(int sizeHint = 0)
        {
            WhenAsked?.Invoke();
            return inner.GetSpan(sizeHint);
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            inner.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }

    private sealed class DisposedMemory : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(10);

        public override Span<byte> GetSpan() => throw new ObjectDisposedException(nameof(DisposedMemory));

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
