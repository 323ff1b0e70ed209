using RawWebSocket.Protocol;

namespace RawWebSocket.Tests;

/// <summary>A part of a budget, without the connection that has it.</summary>
internal sealed class MemoryAccount(MemoryBudget budget) : IMemoryAccount
{
    private long _held;

    public MemoryBudget Budget => budget;

    public long Held => Volatile.Read(ref _held);

    public void Count(long bytes) => Interlocked.Add(ref _held, bytes);
}
