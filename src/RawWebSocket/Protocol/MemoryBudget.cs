namespace RawWebSocket.Protocol;

/// <summary>What all connections together hold of messages, and how much that may be.</summary>
/// <remarks>Thread-safe.</remarks>
/// <param name="limit">How much may be held, in bytes.</param>
internal sealed class MemoryBudget(long limit)
{
    // What lies spare is not held by any connection, so of what may be held it must be little; and it need not be much.
    private const long PartForSpares = 8;
    private const long MostSpares = 1024;

    private long _held;

    /// <summary>What long messages are gathered in, when it is not used.</summary>
    public SparePieces Spares { get; } = new((int)Math.Min(limit / PartForSpares / SparePieces.PieceSize, MostSpares));

    public long Limit => limit;

    public long Held => Volatile.Read(ref _held);

    public bool IsExceeded => Held > limit;

    /// <summary>Whether so much is held that more should not be taken without need.</summary>
    public bool IsTight => Held > limit / 2;

    /// <summary>Called on the charging thread, perhaps under its locks, whenever a charge exceeds the budget; must only note it.</summary>
    public Action? Exceeded { get; set; }

    public void Charge(long bytes)
    {
        if (Interlocked.Add(ref _held, bytes) > limit)
        {
            Exceeded?.Invoke();
        }
    }

    public void Release(long bytes) => Interlocked.Add(ref _held, -bytes);
}
