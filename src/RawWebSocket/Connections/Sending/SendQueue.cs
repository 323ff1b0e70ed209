using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using RawWebSocket.Compression;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <summary>
/// The only writer of the transport's output. Frames are written straight into it when it is free, and wait here when it is not: in
/// order, except that control frames pass, also between the fragments of a message (RFC 6455 section 5.4).
/// </summary>
/// <remarks>
/// <para>
/// Thread-safe; every connection has one, so it is its own lock. Short frames are written under the lock, or by the thread of a batch
/// while that is <see cref="OutputLease">lent</see> the output; the transport is flushed outside of it, by whoever holds <c>_busy</c>.
/// </para>
/// <para>
/// Between <see cref="BeginBatch"/> and <see cref="EndBatch"/>, what the receive loop's own thread sends is left for one flush at the
/// end. Sends from other threads are not delayed by that.
/// </para>
/// <para>No caller's token ever reaches the transport: a write given up half-way would break the stream of frames.</para>
/// </remarks>
/// <param name="output">The transport's output.</param>
/// <param name="socket">The socket behind it, where frames may leave through that; null for none.</param>
/// <param name="observer">Told what has been written, and asked what it may do.</param>
/// <param name="compression">
/// Compresses messages when they are written, in the order in which they leave; null where that is not agreed.
/// </param>
internal sealed partial class SendQueue(
    PipeWriter output, ISendQueueObserver observer, OutgoingCompression? compression = null, SafeSocketHandle? socket = null)
{
    /// <summary>Payloads up to this many bytes are written in one go.</summary>
    public const int Chunk = 64 * 1024;

    private FrameOutput _output = new(output, socket);
    private SendPace _pace;

    // Held by whoever writes outside of the lock or flushes; nobody else touches the output meanwhile.
    private bool _busy;

    // A message in fragments is under way: between its fragments only control frames may leave.
    private bool _streaming;
    private bool _streamBegun;
    private bool _streamsInterrupted;

    private QueuedClose? _close;
    private bool _closeWritten;
    private volatile bool _stopped;

    // Written since the last flush: bytes, and messages that ended.
    private int _unflushed;
    private int _unflushedMessages;

    private enum Turn
    {
        /// <summary>Closed or closing: nothing is sent.</summary>
        Refused,

        /// <summary>Written, and flushed at the end of the batch, to whose thread the output may have been lent.</summary>
        Batched,

        /// <summary>Written; the caller holds the output and must flush it.</summary>
        Written,

        /// <summary>Queued.</summary>
        Queued,

        /// <summary>A post that is not sent, because too much waits.</summary>
        Dropped,

        /// <summary>A post for which too much waits that the peer does not read, so that the connection ends.</summary>
        HeldUpByPeer,

        /// <summary>The same behind a message that the application does not finish.</summary>
        HeldUpByApplication,
    }

    /// <summary>What the connection's memory is charged to.</summary>
    public IMemoryAccount Memory => observer.Memory;

    /// <summary>Whether bytes of the peer are known to wait in the socket that this writes to.</summary>
    public bool HasUnreadInput => _output.HasUnreadInput;

    private bool IsClosing => _close is not null || _stopped;

    private bool IsFree => !_busy && !_streaming && FirstWaiting is null;

    /// <summary>Sends a message of one frame. Completes when the transport has taken it and has room for more.</summary>
    public ValueTask<SendResult> SendAsync(
        Opcode opcode,
        in ReadOnlySequence<byte> payload,
        CancellationToken cancellationToken,
        MessageCompression messageCompression = MessageCompression.AsAgreed)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<SendResult>(cancellationToken);
        }

        PendingSend? pending;
        Turn turn;
        try
        {
            if (payload.IsSingleSegment && TryWriteInBatch(opcode, payload.FirstSpan))
            {
                return new(SendResult.Sent);
            }

            turn = WriteOrQueue(opcode, payload, messageCompression, cancellationToken, out pending);
        }
        catch (WriteFailedException failure)
        {
            return new(Fail(failure.Cause));
        }

        switch (turn)
        {
            case Turn.Refused:
                return new(SendResult.Closed);
            case Turn.Batched:
                return new(SendResult.Sent);
            case Turn.Written:
                return FlushAsync(LeaveNow());
            default:
                Drain();
                return new(pending!.Task);
        }
    }

    /// <summary>
    /// Ends sending: what waits is not sent, and the output is not touched any more once this has completed. Needs a transport that
    /// does not block for ever, so a stuck one is aborted first.
    /// </summary>
    public Task StopAsync()
    {
        using (Enter())
        {
            Stop();
            return _busy ? (Kept.Idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
        }
    }

    /// <summary>Lets go of what waits, because the transport has been dropped.</summary>
    public void Abandon()
    {
        using (Enter())
        {
            Stop();
        }
    }

    private Turn WriteOrQueue(
        Opcode opcode,
        in ReadOnlySequence<byte> payload,
        MessageCompression messageCompression,
        CancellationToken cancellationToken,
        out PendingSend? pending)
    {
        pending = null;
        using (Enter())
        {
            if (IsClosing)
            {
                return Turn.Refused;
            }

            if (IsFree && payload.Length <= Chunk)
            {
                WriteMessage(opcode, payload, messageCompression);
                return LendOrHold();
            }

            pending = new PendingSend(PendingKind.Frame, opcode, payload) { Compression = messageCompression };
            Enqueue(pending);
            pending.CancelWith(this, cancellationToken);
            return Turn.Queued;
        }
    }

    // Of what has been written by somebody who can wait for the system call. Asked once for a flush, by whoever holds the output.
    private Leave LeaveNow() =>
        _output.HasSocket
        && _flushing < SendPace.ShortSend
        && !observer.SendsInline
        && _pace.IsFast(Environment.TickCount)
            ? Leave.WithOthers
            : Leave.AtOnce;

    // Where the transport sends on the thread that flushes, there are no others to leave with.
    private Leave OrAtOnce(Leave leave) => observer.SendsInline ? Leave.AtOnce : leave;

    // Called before the first write outside of a batch.
    private void Prefer(Leave leave)
    {
        if (OrAtOnce(leave) == Leave.WithOthers)
        {
            _output.PreferPipe();
        }
    }

    // For a flush of what has been written.
    private void Hold()
    {
        BeginFlush();
        _busy = true;
    }

    private void Stop()
    {
        _stopped = true;
        _unflushed = _unflushedMessages = 0;
        if (!_busy)
        {
            _output.Drop();
        }

        InterruptStreams();
        ForgetControlFrames();
        while (FirstWaiting is { } pending)
        {
            Discard(pending);
            pending.Complete(SendResult.Closed);
        }

        SignalDrained(canSend: false);
    }
}
