using System.Buffers;
using System.Runtime.CompilerServices;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <content>
/// What one thread sends between <see cref="BeginBatch"/> and <see cref="EndBatch"/>: left for one flush, and from the second message on
/// written without the lock.
/// </content>
internal sealed partial class SendQueue
{
    // When a batch has grown to this, whoever sends flushes it and waits. More than a transport
    // usually takes without a wait, so that one that is full is waited for at the batch's end,
    // by nobody, and not by the handler, which would keep its message and what lies behind it.
    private const int LongestBatch = 2 * Chunk;

    private OutputLease _lease;
    private int _batchThread;

    private bool InBatch => _batchThread == Environment.CurrentManagedThreadId && _unflushed < LongestBatch;

    /// <summary>Begins to gather what this thread sends.</summary>
    public void BeginBatch() => _batchThread = Environment.CurrentManagedThreadId;

    /// <summary>Flushes what was gathered. Does not wait: senders that come upon a full transport do.</summary>
    public void EndBatch()
    {
        _batchThread = 0;
        if (_unflushed == 0)
        {
            // Nothing of this thread's: it would see that. Whoever writes meanwhile flushes.
            return;
        }

        using (Enter())
        {
            if (_unflushed == 0 || _busy)
            {
                return;
            }

            Hold();
        }

        FlushUnawaited(_flushing < observer.LeastSentAtOnce ? Leave.WithOthers : Leave.AtOnce);
    }

    // The lock, and all that it protects: every way to it leads through here.
    private Entered Enter()
    {
        Monitor.Enter(this);
        _lease.TakeBack();
        return new Entered(this);
    }

    private bool TryWriteInBatch(Opcode opcode, in ReadOnlySequence<byte> payload)
    {
        if (!InBatch || payload.Length > Chunk || !_lease.TryUse())
        {
            return false;
        }

        try
        {
            WriteFrame(opcode, isFinal: true, payload);
        }
        finally
        {
            _lease.EndUse();
        }

        return true;
    }

    // Called when something has been written.
    private Turn BatchOrHold()
    {
        if (!InBatch)
        {
            Hold();
            return Turn.Written;
        }

        if (IsFree && !IsClosing && compression is null)
        {
            _lease.Lend();
        }

        return Turn.Batched;
    }

    private readonly ref struct Entered(SendQueue queue)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Dispose() => Monitor.Exit(queue);
    }
}
