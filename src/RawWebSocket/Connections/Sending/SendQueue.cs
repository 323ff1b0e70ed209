using System.IO.Pipelines;
using RawWebSocket.Compression;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Sending;

/// <summary>
/// The only writer of a connection's output, for any number of threads. A frame is written at once if the output is free, and waits if it is
/// not. Who finds the output free holds it, flushes it, and takes along what has come to wait meanwhile.
/// </summary>
/// <remarks>
/// <para>One lock joins the parts; it is the queue itself, because every connection has one. What always holds:</para>
/// <list type="table">
/// <item><term>writing</term><description>
/// Under the lock, while nobody holds the output (<see cref="FlushPump.IsHeld"/>), or by whoever does.</description></item>
/// <item><term>flushing</term><description>
/// Outside of the lock, by whoever holds the output. So there is one flush at a time, and no writing meanwhile.</description></item>
/// <item><term>order</term><description>
/// Nothing is written past what waits (<see cref="SendOrder.IsFree"/>) but control frames. The close frame is the last.</description></item>
/// <item><term>half a frame</term><description>
/// What breaks the writer stops the queue before the lock is left, and then fails the connection. Nothing follows.</description></item>
/// <item><term>waiting</term><description>
/// If something waits that may be written, somebody holds the output and will look. Who has waited is told after the flush that carried
/// it.</description></item>
/// <item><term>unflushed</term><description>
/// Bytes are left unflushed without a holder only by the thread of a batch, until its end.</description></item>
/// <item><term>calling out</term><description>
/// Under the lock the tally only counts. The owner is told outside of it. Senders go on elsewhere.</description></item>
/// </list>
/// </remarks>
internal sealed class SendQueue
{
    private MessageWriter _writer;
    private SendOrder _order;
    private SendBatch _batch;
    private SlowReaderGuard _guard;

    /// <param name="output">The transport's output.</param>
    /// <param name="terms">What holds for all queues of the endpoint.</param>
    /// <param name="memory">Charged for what waits.</param>
    /// <param name="tally">Counts what is sent.</param>
    /// <param name="owner">Told when nothing more can be sent.</param>
    /// <param name="compression">What compresses messages; null where that is not agreed.</param>
    public SendQueue(
        PipeWriter output,
        SendTerms terms,
        IMemoryAccount memory,
        ISendTally tally,
        IOutputOwner owner,
        OutgoingCompression? compression = null)
    {
        Terms = terms;
        Memory = memory;
        Owner = owner;
        _writer = new MessageWriter(output, compression, tally);
        _order = new SendOrder(memory);
        Pump = new FlushPump(this);
    }

    /// <summary>Sends and posts messages of one frame.</summary>
    public MessageSender Messages => new(this);

    /// <summary>Sends messages in fragments.</summary>
    public FragmentSender Fragments => new(this);

    /// <summary>Sends pings, pongs and the close frame.</summary>
    public ControlSender Controls => new(this);

    /// <summary>How much waits, and who waits for it to become little.</summary>
    public Drainage Drainage => new(this);

    /// <summary>What all that waits is charged to.</summary>
    public IMemoryAccount Memory { get; }

    /// <summary>What compresses; null where that is not agreed.</summary>
    public OutgoingCompression? Compression => Writer.Compression;

    /// <summary>Whether some thread gathers what it sends.</summary>
    public bool IsBatching => _batch.IsOpen;

    /// <inheritdoc cref="FlushPump.UnderWay" />
    public (int Flush, long Bytes) UnderWay => Pump.UnderWay;

    /// <inheritdoc cref="Backlog.SharedBytes" />
    public long SharedBytes
    {
        get
        {
            lock (this)
            {
                return Order.Backlog?.SharedBytes ?? 0;
            }
        }
    }

    // The parts, for the types of this folder: used under the lock, but for the pump's flushing.
    internal SendTerms Terms { get; }

    internal IOutputOwner Owner { get; }

    internal ref MessageWriter Writer => ref _writer;

    internal ref SendOrder Order => ref _order;

    internal FlushPump Pump { get; }

    internal ref SlowReaderGuard Guard => ref _guard;

    /// <summary>Whether a message may be written at once. Under the lock.</summary>
    internal bool IsFree => !Pump.IsHeld && Order.IsFree;

    /// <summary>Whether nothing is taken for sending any more. Under the lock.</summary>
    internal bool IsClosing => Order.IsClosing || Writer.Frames.IsBroken;

    /// <summary>Whether something waits that may be written. Under the lock.</summary>
    internal bool HasNext => Order.HasNext && !Writer.Frames.IsBroken;

    /// <summary>Whether this thread is in its batch.</summary>
    internal bool IsInBatch => _batch.IsMine;

    /// <summary>Begins to gather what this thread sends.</summary>
    public void BeginBatch() => _batch.Begin();

    /// <summary>Flushes what was gathered. Does not wait: senders that come upon a full transport do.</summary>
    public void EndBatch()
    {
        _batch.End();

        // Read without the lock: this thread sees what it has written itself, and who else writes flushes.
        if (Writer.Frames.Unflushed > 0)
        {
            FlushGathered();
        }
    }

    /// <summary>Gives back the room that was needed, once nothing waits any more. Called now and then, by any thread.</summary>
    public void Trim()
    {
        lock (this)
        {
            if (!Pump.IsHeld)
            {
                Order.Trim();
                Pump.Trim();
            }
        }
    }

    /// <summary>
    /// Ends sending: what waits is not sent, and the output is not touched any more once this has completed. Needs a transport that
    /// does not block for ever, so a stuck one is aborted first.
    /// </summary>
    public Task StopAsync()
    {
        lock (this)
        {
            Stop();
            return !Pump.IsHeld
                ? Task.CompletedTask
                : (Order.Kept.Idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Lets go of what waits, because the transport has been dropped.</summary>
    public void Abandon()
    {
        lock (this)
        {
            Stop();
        }
    }

    /// <summary>
    /// To be called when something has been written: takes the output for its flush, which the caller owes. False in a batch, which flushes
    /// at its end. Under the lock.
    /// </summary>
    internal bool TryHold()
    {
        if (_batch.Takes(Writer.Frames.Unflushed))
        {
            return false;
        }

        Pump.Hold(Writer.BeginFlush());
        return true;
    }

    /// <summary>Lets a send wait for its turn, until its sender gives it up. Under the lock.</summary>
    internal PendingSend Enqueue(PendingSend pending, CancellationToken cancellationToken)
    {
        Order.Kept.Add(pending);
        pending.CancelWith(this, cancellationToken);
        return pending;
    }

    /// <summary>Starts to write what waits, unless somebody is at it or it is not its turn.</summary>
    internal void Drain()
    {
        lock (this)
        {
            if (Pump.IsHeld || !HasNext)
            {
                return;
            }

            Pump.Hold(0);
        }

        Pump.GoOn(SendResult.Sent);
    }

    /// <summary>Flushes what this thread's batch has gathered. Nobody waits for that.</summary>
    internal void FlushGathered()
    {
        lock (this)
        {
            // Whoever holds the output takes it along. Behind half a frame nothing leaves, and not that half either.
            if (Pump.IsHeld || Writer.Frames.IsBroken || Writer.Frames.Unflushed == 0)
            {
                return;
            }

            Pump.Hold(Writer.BeginFlush());
        }

        Pump.Flush();
    }

    /// <summary>Ends sending. Under the lock.</summary>
    internal void Stop()
    {
        Writer.Forget();
        if (!Pump.IsHeld)
        {
            Writer.Frames.Drop();
        }

        Order.Stop();
        Drainage.Tell(canSend: false);
    }

    /// <summary>Ends all sends, and the connection with them, because writing has thrown. Outside of the lock.</summary>
    internal SendResult Fail(WriteFailedException failure)
    {
        Abandon();
        Owner.OnWriteFailed(failure.Cause);
        return SendResult.Closed;
    }
}
