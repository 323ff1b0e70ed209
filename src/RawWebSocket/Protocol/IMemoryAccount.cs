namespace RawWebSocket.Protocol;

/// <summary>One connection's part of the <see cref="MemoryBudget"/>: when that is exceeded, those who hold most are shed first.</summary>
/// <remarks>Thread-safe. An interface, because every connection has one and is it itself.</remarks>
internal interface IMemoryAccount
{
    /// <summary>The budget that it is a part of.</summary>
    MemoryBudget Budget { get; }

    /// <summary>How many bytes are held; what several connections share counts for each of them.</summary>
    long Held { get; }

    /// <summary>
    /// Counts so many bytes more, or fewer, as held; alone for what several connections share, for which the budget is charged once.
    /// </summary>
    void Count(long bytes);

    /// <summary>Holds so many bytes more, and charges the budget for them.</summary>
    void Charge(long bytes)
    {
        Count(bytes);
        Budget.Charge(bytes);
    }

    /// <summary>The opposite of <see cref="Charge"/>.</summary>
    void Release(long bytes)
    {
        Count(-bytes);
        Budget.Release(bytes);
    }
}
