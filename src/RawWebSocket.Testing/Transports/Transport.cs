using RawWebSocket.Testing.Frames;

namespace RawWebSocket.Testing.Transports;

/// <summary>
/// The client's end of a connection after the 101. One read and one write may be under way at a time; the rest is thread-safe.
/// </summary>
internal abstract class Transport : IDisposable
{
    /// <summary>What came with the response and belongs to the frames.</summary>
    public ReceiveBuffer Buffer { get; protected init; } = new();

    /// <summary>How the server ended the transport, once a read has shown it.</summary>
    public abstract TransportEnd? End { get; }

    /// <summary>What the application threw after the 101, where that can be known: in memory.</summary>
    public virtual Exception? ApplicationException => null;

    /// <summary>Reads what has come; 0 when the transport has ended. Never throws for a lost connection.</summary>
    public abstract ValueTask<int> ReadAsync(Memory<byte> buffer);

    /// <summary>Writes and flushes. Never throws for a lost connection.</summary>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Sends a FIN; reading goes on.</summary>
    public abstract ValueTask FinishAsync();

    /// <summary>Sends a RST.</summary>
    public abstract void Abort();

    public abstract void Dispose();
}
