namespace RawWebSocket.Protocol;

/// <summary>One connection's part of the <see cref="MemoryBudget"/>: when that is exceeded, those who hold most are shed first.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class MemoryAccount(MemoryBudget budget)
{
    private long _held;

    public MemoryBudget Budget => budget;

    public long Held => Volatile.Read(ref _held);

    public void Charge(long bytes)
    {
        Interlocked.Add(ref _held, bytes);
        budget.Charge(bytes);
    }

    public void Release(long bytes)
    {
        Interlocked.Add(ref _held, -bytes);
        budget.Release(bytes);
    }

    /// <summary>Counts what several connections share, and the budget has been charged for once, as held by this one as well.</summary>
    public void HoldShared(long bytes) => Interlocked.Add(ref _held, bytes);

    /// <summary>The opposite of <see cref="HoldShared"/>.</summary>
    public void LetGoShared(long bytes) => Interlocked.Add(ref _held, -bytes);
}
