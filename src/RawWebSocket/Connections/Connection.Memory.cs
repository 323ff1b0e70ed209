using RawWebSocket.Connections.Lifetime;
using RawWebSocket.Connections.Receiving;
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

    /// <summary>
    /// How many of them ending it would give back, for the comparison with others: of what it shares with them its equal part, and nothing
    /// of what its application has let go of already.
    /// </summary>
    public long FairBytes => HeldBytes is > 0 and var held ? Math.Max(0, held - _sends.SharedBytes - _loop.LetGoBytes) : 0;

    MemoryBudget IMemoryAccount.Budget => Shared.Memory;

    long IMemoryAccount.Held => HeldBytes;

    void IMemoryAccount.Count(long bytes) => Interlocked.Add(ref _heldBytes, bytes);

    /// <summary>
    /// Gives back what costs nobody anything: what is held to compress better and not used, and input that the application has let go of.
    /// </summary>
    public void GiveBackUnused()
    {
        ParkCompression();
        GiveBackInput();
    }

    /// <summary>Lets go of the messages that still wait for the application, though the peer has gone.</summary>
    public void DropWaiting() => _received.Drop();

    // Making the loop turn once gives back what the application has let go of since the last read.
    private void GiveBackInput()
    {
        if (_loop.KeepsMemory && !_received.KeepsMemory)
        {
            TurnLoop();
        }
    }

    /// <summary>
    /// When nothing is read any more: gives the transport's memory back as soon as the application looks at none of it, whatever it does
    /// then.
    /// </summary>
    private async ValueTask GiveBackInputAsync(LastWord? last)
    {
        while (_received.KeepsMemory)
        {
            await _received.WaitForChangeAsync().ConfigureAwait(false);
        }

        // Whoever has said goodbye is listened to until he is quiet; of all others nothing more is read.
        _loop.GiveInputBack(isForGood: !HasGivenUp && (IsAborted || last is null or { Failure: not null }));
    }
}
