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
    /// At most how many bytes the server's own buffers hold for the connection. A peer that is held back may have filled what is read ahead,
    /// and a flush that has not ended what is sent behind; whoever is read and sent to leaves next to nothing there.
    /// </summary>
    public long TransportBytes(TransportRoom room) =>
        (_loop.IsHeldBack ? room.InBlocks(room.ReadAhead) : 0)
        + room.InBlocks(Math.Min(_sends.UnderWay.Bytes, room.WriteBehind))
        + (_loop.Unfinished == 0 ? 0 : room.Block);

    MemoryBudget IMemoryAccount.Budget => Shared.Memory;

    IMemoryAccount ISendQueueObserver.Memory => this;

    void IMemoryAccount.Count(long bytes) => Interlocked.Add(ref _heldBytes, bytes);
}
