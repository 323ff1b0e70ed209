using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <content>The connection's part of the memory budget.</content>
internal sealed partial class Connection : IMemoryAccount
{
    private long _heldBytes;

    /// <summary>
    /// How many bytes of messages the connection holds: waiting to be sent, half arrived, or waiting for the application.
    /// </summary>
    public long HeldBytes => Volatile.Read(ref _heldBytes);

    MemoryBudget IMemoryAccount.Budget => Shared.Memory;

    IMemoryAccount ISendQueueObserver.Memory => this;

    void IMemoryAccount.Count(long bytes) => Interlocked.Add(ref _heldBytes, bytes);
}
