namespace RawWebSocket.Protocol;

/// <summary>What all connections together hold of messages, and how much that may be.</summary>
/// <remarks>
/// Three things keep it, each before the next: from half of it on a connection may keep little for an application that is behind; beyond
/// it only small messages are read; and those who hold more than their fair share of it are shed. So a quarter above it is never reached.
/// Thread-safe.
/// </remarks>
/// <param name="limit">How much may be held, in bytes.</param>
internal sealed class MemoryBudget(long limit)
{
    // What lies spare is not held by any connection, so of what may be held it must be little; and it need not be much.
    private const long PartForSpares = 8;
    private const long MostSpares = 1024;

    // What all may keep ahead and what is held before that is looked at are half of the budget each, so that together they fit.
    private const long PartForKeeping = 2;

    // What all may go on to add beyond the budget is an eighth of it, which leaves as much for reads that are under way.
    private const long PartBeyond = 8;

    // What one read may bring before it counts as much.
    private const long PartForRead = 64;

    private readonly Lock _gate = new();
    private HashSet<Action>? _waiting;
    private long _held;

    /// <summary>What long messages are gathered in, when it is not used.</summary>
    public SparePieces Spares { get; } = new((int)Math.Min(limit / PartForSpares / SparePieces.PieceSize, MostSpares));

    public long Limit => limit;

    public long Held => Volatile.Read(ref _held);

    public bool IsExceeded => Held > limit;

    /// <summary>Whether so much is held that connections may keep only <see cref="MayKeep"/> for an application that is behind.</summary>
    public bool IsScarce => Held > limit / PartForKeeping;

    /// <summary>Tells how many connections there are.</summary>
    public Func<int> CountSharers { get; set; } = static () => 1;

    /// <summary>What a connection may hold without ever being shed.</summary>
    public long FairShare => limit / Math.Max(1, CountSharers());

    /// <summary>What a connection may keep for an application that is behind, while memory <see cref="IsScarce">is scarce</see>.</summary>
    public long MayKeep => FairShare / PartForKeeping;

    /// <summary>Up to what a connection may add to what it holds while the budget <see cref="IsExceeded">is exceeded</see>.</summary>
    public long MayHoldBeyond => FairShare / PartBeyond;

    /// <summary>Called on the charging thread, perhaps under its locks, whenever a charge exceeds the budget; must only note it.</summary>
    public Action? Exceeded { get; set; }

    /// <summary>Whether a read of so many bytes is to be dealt with bit by bit, so that the budget is looked at in between.</summary>
    public bool IsMuch(long bytes) => IsScarce || bytes > limit / PartForRead;

    public void Charge(long bytes)
    {
        if (Interlocked.Add(ref _held, bytes) > limit)
        {
            Exceeded?.Invoke();
        }
    }

    public void Release(long bytes)
    {
        if (Interlocked.Add(ref _held, -bytes) <= limit && Volatile.Read(ref _waiting) is not null)
        {
            WakeAll();
        }
    }

    /// <summary>Calls this once, on another thread, when the budget is not exceeded any more. The same is kept once.</summary>
    public void WhenRelieved(Action wake)
    {
        lock (_gate)
        {
            (_waiting ??= []).Add(wake);
        }

        // Whoever releases changes the one and then looks at the other, too: one of the two sees both.
        Interlocked.MemoryBarrier();
        if (!IsExceeded)
        {
            WakeAll();
        }
    }

    /// <summary>Takes back what was asked of <see cref="WhenRelieved"/>: whoever asked waits no more, and may be gone.</summary>
    public void Forget(Action wake)
    {
        lock (_gate)
        {
            if (_waiting?.Remove(wake) == true && _waiting.Count == 0)
            {
                _waiting = null;
            }
        }
    }

    // Whoever releases memory may do so under locks.
    private void WakeAll()
    {
        HashSet<Action>? waiting;
        lock (_gate)
        {
            waiting = _waiting;
            _waiting = null;
        }

        if (waiting is not null)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static waiting =>
                {
                    foreach (var wake in waiting)
                    {
                        wake();
                    }
                },
                waiting,
                preferLocal: false);
        }
    }
}
