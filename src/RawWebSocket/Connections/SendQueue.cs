using System.Buffers;
using System.IO.Pipelines;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <summary>
/// The only writer of the transport's output. Frames are written straight into it when it is free, and wait here when it is not: in
/// order, except that control frames pass, also between the fragments of a message (RFC 6455 section 5.4).
/// </summary>
/// <remarks>
/// <para>Thread-safe. Short frames are written under the lock; the transport is flushed outside of it, by whoever holds <c>_busy</c>.</para>
/// <para>
/// Between <see cref="BeginBatch"/> and <see cref="EndBatch"/>, what the receive loop's own thread sends is left for one flush at the
/// end. Sends from other threads are not delayed by that.
/// </para>
/// <para>No caller's token ever reaches the transport: a write given up half-way would break the stream of frames.</para>
/// </remarks>
/// <param name="output">The transport's output.</param>
/// <param name="observer">Told what has been written.</param>
/// <param name="maxQueuedBytes">How much may wait that nobody waits for.</param>
/// <param name="lost">Cancelled when the transport has ended: over a stream, writes to it go on to succeed.</param>
internal sealed partial class SendQueue(
    PipeWriter output, ISendQueueObserver observer, long maxQueuedBytes, CancellationToken lost = default)
{
    // Payloads up to this are written in one go, and a batch is flushed when it has grown to this.
    private const int Chunk = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<PendingSend> _messages = new();

    // Held by whoever writes outside of the lock or flushes; nobody else touches the output meanwhile.
    private bool _busy;
    private TaskCompletionSource? _idle;

    // A message in fragments is under way: between its fragments only control frames may leave.
    private bool _streaming;
    private bool _streamBegun;
    private bool _streamsInterrupted;
    private PendingSend? _fragment;

    private PendingSend? _close;
    private bool _closeWritten;
    private volatile bool _stopped;
    private int _batchThread;
    private int _unflushed;
    private long _queuedBytes;

    private enum Turn
    {
        /// <summary>Closed or closing: nothing is sent.</summary>
        Refused,

        /// <summary>Written, and flushed at the end of the batch.</summary>
        Batched,

        /// <summary>Written; the caller holds the output and must flush it.</summary>
        Written,

        /// <summary>Queued.</summary>
        Queued,
    }

    private bool IsClosing => _close is not null || _stopped;

    private bool IsFree => !_busy && !_streaming && _messages.Count == 0;

    private bool InBatch => _batchThread == Environment.CurrentManagedThreadId && _unflushed < Chunk;

    /// <summary>Sends a message of one frame. Completes when the transport has taken it and has room for more.</summary>
    public ValueTask<SendResult> SendAsync(Opcode opcode, in ReadOnlySequence<byte> payload, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<SendResult>(cancellationToken);
        }

        switch (WriteOrQueue(opcode, payload, cancellationToken, out var pending))
        {
            case Turn.Refused:
                return new(SendResult.Closed);
            case Turn.Batched:
                return new(SendResult.Sent);
            case Turn.Written:
                return FlushAsync();
            default:
                Drain();
                return new(pending!.Task);
        }
    }

    /// <summary>Queues a frame that was encoded for several connections, without ever waiting; false when it cannot be sent.</summary>
    public bool TryPost(ReadOnlyMemory<byte> encodedFrame)
    {
        switch (WriteOrQueue(encodedFrame, out var overflows))
        {
            case Turn.Refused:
                if (overflows)
                {
                    observer.OnSendQueueOverflow();
                }

                return false;
            case Turn.Written:
                Forget(FlushAsync());
                return true;
            case Turn.Queued:
                Drain();
                return true;
            default:
                return true;
        }
    }

    /// <summary>Begins to gather what this thread sends.</summary>
    public void BeginBatch() => _batchThread = Environment.CurrentManagedThreadId;

    /// <summary>Flushes what was gathered. Does not wait: senders that come upon a full transport do.</summary>
    public void EndBatch()
    {
        _batchThread = 0;
        lock (_gate)
        {
            if (_unflushed == 0 || _busy)
            {
                return;
            }

            _busy = true;
        }

        Forget(FlushAsync());
    }

    /// <summary>
    /// Ends sending: what waits is not sent, and the output is not touched any more once this has completed. Needs a transport that
    /// does not block for ever, so a stuck one is aborted first.
    /// </summary>
    public Task StopAsync()
    {
        Task idle;
        lock (_gate)
        {
            Stop();
            _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            idle = _busy ? _idle.Task : Task.CompletedTask;
        }

        return idle;
    }

    private Turn WriteOrQueue(
        Opcode opcode, in ReadOnlySequence<byte> payload, CancellationToken cancellationToken, out PendingSend? pending)
    {
        pending = null;
        lock (_gate)
        {
            if (IsClosing)
            {
                return Turn.Refused;
            }

            if (IsFree && payload.Length <= Chunk)
            {
                WriteFrame(opcode, isFinal: true, payload);
                return BatchOrHold();
            }

            pending = new PendingSend(PendingKind.Frame, opcode, payload);
            pending.CancelWith(cancellationToken);
            Enqueue(pending);
            return Turn.Queued;
        }
    }

    private Turn WriteOrQueue(ReadOnlyMemory<byte> encodedFrame, out bool overflows)
    {
        overflows = false;
        lock (_gate)
        {
            if (IsClosing)
            {
                return Turn.Refused;
            }

            if (IsFree && encodedFrame.Length <= Chunk)
            {
                WriteBytes(encodedFrame.Span);
                observer.OnDataFrameSent(encodedFrame.Length, endsMessage: true);
                return BatchOrHold();
            }

            // One message always has room, however long: only a peer that lets messages pile up is too slow.
            overflows = _queuedBytes > 0 && _queuedBytes + encodedFrame.Length > maxQueuedBytes;
            if (overflows)
            {
                return Turn.Refused;
            }

            Enqueue(new PendingSend(PendingKind.EncodedFrame, Opcode.Binary, new ReadOnlySequence<byte>(encodedFrame)));
            return Turn.Queued;
        }
    }

    private Turn BatchOrHold()
    {
        if (InBatch)
        {
            return Turn.Batched;
        }

        _busy = true;
        return Turn.Written;
    }

    private void Enqueue(PendingSend pending)
    {
        _messages.Enqueue(pending);
        _queuedBytes += pending.QueuedBytes;
    }

    private void Stop()
    {
        _stopped = true;
        _unflushed = 0;
        InterruptStreams();
        _queuedBytes = 0;
        ForgetControlFrames();
        while (_messages.TryDequeue(out var pending))
        {
            if (pending.TryTake())
            {
                pending.TrySetResult(SendResult.Closed);
            }
        }
    }
}
