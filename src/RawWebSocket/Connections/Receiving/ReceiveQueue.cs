using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Receiving;

/// <summary>
/// Between the receive loop, which adds, and the application, which takes. The application runs on the loop's own thread when it is
/// waiting, so a handler that finishes at once costs no thread switch; while it is busy, what comes waits here.
/// </summary>
/// <remarks>
/// Payloads are not copied: they lie where the transport put them until the application has taken the next one. One adder, one taker. Every
/// connection has one, so it is its own lock.
/// </remarks>
internal sealed partial class ReceiveQueue
{
    // What an entry counts besides its payload for ReceiveAheadBytes, so that a flood of empty messages is counted too.
    private const int EntrySize = 64;

    // What it takes of this process's memory, as the budget sees it: the queue grows by doubling.
    private const int EntryMemory = 128;

    private Signal _changed;

    // Made when something is kept for the application. An idle connection has none.
    private Backlog? _backlog;
    private bool _takesWhole;
    private bool _skipsMessage;
    private Over _over;
    private bool _finished;

    /// <summary>How many bytes wait to be taken.</summary>
    public long WaitingBytes => _backlog is { } backlog ? Volatile.Read(ref backlog.WaitingBytes) : 0;

    /// <summary>What the queue itself takes for what waits, roughly.</summary>
    public long WaitingOverhead => (long)WaitingCount * EntryMemory;

    /// <summary>Whether memory is kept for the application: the transport's buffer, or what waits.</summary>
    public bool KeepsMemory => HoldsInput || WaitingOverhead > 0;

    /// <summary>How many bytes of the transport's buffer are still in use, waiting or being looked at.</summary>
    public long InPlaceBytes => _backlog is { } backlog ? Volatile.Read(ref backlog.InPlaceBytes) : 0;

    /// <summary>Whether the transport's buffer must be kept.</summary>
    public bool HoldsInput => InPlaceBytes > 0;

    /// <summary>
    /// Whether all that came has been taken and dealt with: the taker waits for more, is gone, or has never taken anything.
    /// </summary>
    public bool IsDrained
    {
        get
        {
            lock (this)
            {
                return _finished || (WaitingCount == 0 && (_takerWaits || (Handler is null && _backlog is not { HasCurrent: true })));
            }
        }
    }

    /// <summary>Given every message, and busy whenever it does not wait; null for a delegate, which may never ask for one.</summary>
    public IMessageHandler? Handler { get; init; }

    /// <summary>How the decoder should hand over a message that begins now, or has begun without anyone asking for it.</summary>
    /// <param name="asked">Whether it matters what the taker asks for: the message cannot be handed over ahead of that.</param>
    /// <param name="streamLimit">The longest message to stream.</param>
    public Delivery DecideDelivery(bool asked, out long streamLimit)
    {
        streamLimit = long.MaxValue;
        if (Handler is not null && !_finished)
        {
            return Delivery.Whole;
        }

        if (_takesWhole && !asked && !_finished)
        {
            return Delivery.Ahead;
        }

        lock (this)
        {
            if (_finished)
            {
                return Delivery.Discarded;
            }

            // What waits already is what the taker gets; nobody has asked for what comes after it.
            var isAsked = _takerWaits && WaitingCount == 0;
            if (isAsked && _takerWants == Delivery.Streamed)
            {
                streamLimit = _taker!.StreamLimit;
                _streamGranted = true;
                return Delivery.Streamed;
            }

            return !_takesWhole ? Delivery.Undecided : isAsked ? Delivery.Whole : Delivery.Ahead;
        }
    }

    /// <summary>
    /// Lets whoever waits for a change look again: the application has made room, asked for something or finished, or the connection has
    /// come to another state.
    /// </summary>
    public void SignalChange() => _changed.Set(this);

    /// <summary>Waits for the next change; for none if there has been one since the last wait. There is one waiter at a time.</summary>
    public Task WaitForChangeAsync() => _changed.WaitAsync(this);

    /// <summary>
    /// Adds a message or a piece. A handler that waits is given it at once; any other taker is not woken before <see cref="Wake"/>.
    /// </summary>
    public void Add(in Incoming incoming)
    {
        if (MayHandOver(incoming))
        {
            HandOver(incoming);
            return;
        }

        lock (this)
        {
            if (_finished || _skipsMessage || _over.HasFlag(Over.Dropped))
            {
                _skipsMessage &= !incoming.EndsMessage;
                incoming.Owned?.Release();
                return;
            }

            Kept.Waiting.Enqueue(incoming);
            Kept.WaitingBytes += SizeOf(incoming);
            Kept.InPlaceBytes += InPlaceSizeOf(incoming);
        }
    }

    /// <summary>Runs the application on this thread, until it waits for more or does something else first.</summary>
    public void Wake()
    {
        bool any;
        lock (this)
        {
            any = WaitingCount > 0;
            if (!_takerWaits || !(any || IsCompleted))
            {
                return;
            }

            EndWait();
        }

        Continue(any);
    }

    /// <summary>Says that nothing more will come.</summary>
    public void Complete()
    {
        lock (this)
        {
            _over |= Over.Completed;
        }

        Wake();
    }

    /// <summary>Gives back the room that was needed, once nothing is kept any more. Called now and then, by any thread.</summary>
    public void Trim()
    {
        lock (this)
        {
            if (_backlog is { HasCurrent: false, Waiting.Count: 0 })
            {
                _backlog = null;
            }
        }
    }

    /// <summary>How many entries there is room for.</summary>
    public int Capacity => _backlog?.Waiting.Capacity ?? 0;

    private Backlog Kept => _backlog ??= new();

    private int WaitingCount => _backlog?.Waiting.Count ?? 0;

    /// <summary>Takes the next thing, letting the one before go.</summary>
    public bool TryTake(out Incoming incoming)
    {
        lock (this)
        {
            ReleaseCurrent();
            if (_backlog is null || !_backlog.Waiting.TryDequeue(out incoming))
            {
                incoming = default;
                return false;
            }

            _backlog.WaitingBytes -= SizeOf(incoming);
            _backlog.Current = incoming;
            _backlog.HasCurrent = true;
        }

        SignalChange();
        return true;
    }

    private bool IsCompleted => _over.HasFlag(Over.Completed);

    /// <summary>Why nothing more is handed over.</summary>
    [Flags]
    private enum Over : byte
    {
        No,

        /// <summary>Nothing more will come; what waits may be taken.</summary>
        Completed = 1,

        /// <summary>What waits, and what comes, is let go.</summary>
        Dropped = 2,
    }

    private sealed class Backlog
    {
        public Queue<Incoming> Waiting { get; } = new();

        public long WaitingBytes;
        public long InPlaceBytes;

        // What the application is looking at; let go when it asks for the next.
        public Incoming Current;
        public bool HasCurrent;

        // What a handler has begun with it, and not finished at once.
        public ValueTask Begun;
    }

    private static long SizeOf(in Incoming incoming) => incoming.Payload.Length + EntrySize;

    private static long InPlaceSizeOf(in Incoming incoming) => incoming.Owned is null ? incoming.Payload.Length : 0;
}
