using System.Runtime.CompilerServices;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <content>
/// What one thread sends between <see cref="BeginBatch"/> and <see cref="EndBatch"/>: left for one flush. Short messages that are not
/// compressed are written without the lock, from the second on.
/// </content>
internal sealed partial class SendQueue
{
    // When a batch has grown to this, whoever sends flushes it and waits. More than a transport
    // usually takes without a wait, so that one that is full is waited for at the batch's end,
    // by nobody, and not by the handler, which would keep its message and what lies behind it.
    private const int LongestBatch = 2 * Chunk;

    private OutputLease _lease;
    private int _batchThread;

    /// <summary>Whether some thread gathers what it sends.</summary>
    public bool IsBatching => Volatile.Read(ref _batchThread) != 0;

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

        // However fast they come, there are no more of these than reads, and what comes meanwhile is read and answered together.
        FlushUnawaited(Leave.AtOnce);
    }

    // The lock, and all that it protects: every way to it leads through here.
    private Entered Enter()
    {
        Monitor.Enter(this);
        if (!_lease.TryTakeBack())
        {
            AwaitLease();
        }

        return new Entered(this);
    }

    private void AwaitLease()
    {
        try
        {
            if (_batchThread == Environment.CurrentManagedThreadId)
            {
                throw new InvalidOperationException("The transport's memory sends on the connection for which it is asked.");
            }

            var wait = new SpinWait();
            while (!_lease.TryTakeBack())
            {
                // A copy takes less than the shortest sleep.
                wait.SpinOnce(sleep1Threshold: -1);
            }
        }
        catch (Exception)
        {
            Monitor.Exit(this);
            throw;
        }
    }

    // The payload is a span already, so that no code but the transport's runs while the output is in use.
    private bool TryWriteInBatch(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        if (!InBatch || payload.Length > Chunk || !_lease.TryUse())
        {
            return false;
        }

        try
        {
            WriteFrame(opcode, isFinal: true, payload);
            _unflushedMessages++;
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
        if (InBatch)
        {
            return Turn.Batched;
        }

        Hold();
        return Turn.Written;
    }

    // Called when a message has been written that found the output free, and no close before it.
    private Turn LendOrHold()
    {
        var turn = BatchOrHold();
        if (turn == Turn.Batched && compression is null)
        {
            _lease.Lend();
        }

        return turn;
    }

    private readonly ref struct Entered(SendQueue queue)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Dispose() => Monitor.Exit(queue);
    }
}
