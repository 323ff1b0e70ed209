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

    /// <summary>
    /// How many bytes the server's own buffers hold for the connection: what has been read and not looked at, and what has not been sent.
    /// Where they cannot be seen (TLS, HTTP/2) a peer that is held back counts for all that may be read ahead.
    /// </summary>
    public long TransportBytes(TransportRoom room) =>
        room.InBlocks(PipeContent.TryCount(_loop.Input) ?? (_loop.IsHeldBack ? room.ReadAhead : 0))
        + room.InBlocks(_sends.Unsent)
        + (_loop.Unfinished == 0 ? 0 : room.Block);

    MemoryBudget IMemoryAccount.Budget => Shared.Memory;

    IMemoryAccount ISendQueueObserver.Memory => this;

    void IMemoryAccount.Count(long bytes) => Interlocked.Add(ref _heldBytes, bytes);
}
