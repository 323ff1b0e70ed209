using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Connections.Transports;
using RawWebSocket.Protocol;
using RawWebSocket.Tests.Wire;

namespace RawWebSocket.Tests.Connections;

/// <summary>
/// A send queue over a pipe that holds its writer up as soon as one byte lies unread, so that it depends on the test alone when a flush
/// ends. Everything that reading sets going has happened when the reading call returns.
/// </summary>
internal sealed class SendQueueRig : ISendTally, IOutputOwner
{
    private readonly Pipe _pipe;
    private readonly List<string> _dropped = [];
    private readonly List<byte> _unparsed = [];

    /// <param name="pauseThreshold">How many unread bytes hold the writer up.</param>
    /// <param name="high">How many bytes of posted frames may wait.</param>
    /// <param name="low">With how many bytes the queue has drained.</param>
    /// <param name="policy">What happens to more.</param>
    /// <param name="budget">Of all that waits; of nothing, it is exceeded by the first byte.</param>
    public SendQueueRig(
        int pauseThreshold = 1,
        long high = 1000,
        long low = 0,
        SlowReaderPolicy policy = SlowReaderPolicy.Close,
        long budget = long.MaxValue)
    {
        Budget = new MemoryBudget(budget);
        _pipe = new Pipe(new PipeOptions(
            readerScheduler: PipeScheduler.Inline,
            writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: pauseThreshold,
            resumeWriterThreshold: 1,
            useSynchronizationContext: false));
        Output = new WatchedWriter(_pipe.Writer);
        Memory = new MemoryAccount(Budget);
        Marks = new SendTerms(high, low, policy);
        Queue = new SendQueue(Output, Marks, Memory, tally: this, owner: this);
    }

    public SendQueue Queue { get; }

    public WatchedWriter Output { get; }

    public SendTerms Marks { get; }

    public bool IsLost => false;

    public MemoryBudget Budget { get; }

    public MemoryAccount Memory { get; }

    public long Bytes { get; private set; }

    public int Messages { get; private set; }

    /// <summary>Fragments that did not end their message.</summary>
    public int Parts { get; private set; }

    public Exception? WriteFailure { get; private set; }

    public int TransportLost { get; private set; }

    /// <summary>Thrown when something is counted, as a listener of the metrics may.</summary>
    public Exception? CountingFailure { get; set; }

    /// <summary>What the posts waited for that did not find room.</summary>
    public List<HeldUpBy> Overflows { get; } = [];

    public int TooMuchQueued { get; private set; }

    /// <summary>Why posts were dropped since this was last asked.</summary>
    public List<string> Dropped()
    {
        var dropped = _dropped.ToList();
        _dropped.Clear();
        return dropped;
    }

    /// <summary>Nothing waits, and nothing is charged for.</summary>
    public void ShouldHoldNothing()
    {
        Queue.Drainage.BufferedBytes.ShouldBe(0);
        Memory.Held.ShouldBe(0);
        Budget.Held.ShouldBe(0);
    }

    /// <summary>Frames that arrived since the last reading, such as <c>81 Hello</c>; reads until the writer has nothing more.</summary>
    public List<string> Read() => [.. ReadFrames().Select(frame => frame.ToString())];

    public List<ServerFrame> ReadFrames()
    {
        var frames = new List<ServerFrame>();
        while (ReadOnce() > 0)
        {
            frames.AddRange(ServerFrame.TakeAll(_unparsed));
        }

        return frames;
    }

    /// <summary>Takes what lies in the pipe now, which may be part of a frame, and returns how much it was.</summary>
    public long ReadOnce()
    {
        if (!_pipe.Reader.TryRead(out var result))
        {
            return 0;
        }

        var length = result.Buffer.Length;
        _unparsed.AddRange(result.Buffer.ToArray());
        Inline(() => _pipe.Reader.AdvanceTo(result.Buffer.End));
        return length;
    }

    /// <summary>The reader has gone, as it does when a transport ends.</summary>
    public void LoseReader() => Inline(() => _pipe.Reader.Complete());

    /// <summary>Sends a text that fills the pipe, so that whatever comes next has to wait.</summary>
    public Task<SendResult> Stall(string text = "stall")
    {
        var sending = Send(text);
        sending.IsCompleted.ShouldBeFalse();
        return sending;
    }

    public Task<SendResult> Send(string text, CancellationToken cancellationToken = default) =>
        Queue.Messages.SendAsync(Opcode.Text, Payload(text), cancellationToken).AsTask();

    public PostResult Post(string text, string? key = null) => Queue.Messages.Post(EncodedFrame.Text(text), key);

    public Task<SendResult> SendFragment(Opcode opcode, string text, bool isFinal = false) =>
        Queue.Fragments.SendAsync(opcode, Encoding.UTF8.GetBytes(text), isFinal).AsTask();

    public Task<SendResult> Close(
        WebSocketCloseStatus code = WebSocketCloseStatus.Empty, StreamedMessage streamed = StreamedMessage.IsFinished) =>
        Queue.Controls.CloseAsync(new ClosePayload(code, ""), streamed);

    public static ReadOnlySequence<byte> Payload(string text) => new(Encoding.UTF8.GetBytes(text));

    // The test framework's context would send the writer's continuations to other threads.
    private static void Inline(Action action)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        action();
        SynchronizationContext.SetSynchronizationContext(context);
    }

    void ISendTally.OnSent(long bytes, int messages)
    {
        if (CountingFailure is not null)
        {
            throw CountingFailure;
        }

        Bytes += bytes;
        Messages += messages;
    }

    void ISendTally.OnPartSent() => Parts++;

    void IOutputOwner.OnSendQueueOverflow(HeldUpBy heldUpBy) => Overflows.Add(heldUpBy);

    void ISendTally.OnTooMuchQueued() => TooMuchQueued++;

    void ISendTally.OnMessageDropped(string reason) => _dropped.Add(reason);

    void IOutputOwner.OnWriteFailed(Exception exception) => WriteFailure = exception;

    void IOutputOwner.OnFlushFailed(Exception exception)
    {
        if (Transport.IsDisconnect(exception))
        {
            TransportLost++;
        }
        else
        {
            WriteFailure = exception;
        }
    }

    void IOutputOwner.OnTransportLost() => TransportLost++;
}
