using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Sending;

/// <summary>What waits its turn in a <see cref="SendQueue"/>, because another is being written or the transport is full.</summary>
/// <remarks>Used under the queue's lock.</remarks>
internal abstract class Pending
{
    /// <summary>
    /// About what waiting costs besides the frame, in bytes. Charged to the memory account, because many short messages hold more of this
    /// than of themselves.
    /// </summary>
    public const int Overhead = 128;

    /// <summary>Header and payload, in bytes; 0 for what is no frame.</summary>
    public abstract long Size { get; }

    /// <summary>Whether it is in the queue still: neither taken for writing, nor given up, nor dropped.</summary>
    public bool IsWaiting { get; set; }

    public Pending? Previous { get; set; }

    public Pending? Next { get; set; }

    /// <summary>Charges for what it holds.</summary>
    public abstract void Hold(IMemoryAccount account);

    /// <summary>The opposite of <see cref="Hold"/>.</summary>
    public abstract void LetGo(IMemoryAccount account);

    /// <summary>Tells the sender, if it waits. Its continuation runs elsewhere.</summary>
    public abstract void Complete(SendResult result);
}
