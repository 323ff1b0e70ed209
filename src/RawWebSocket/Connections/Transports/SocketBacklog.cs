using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace RawWebSocket.Connections.Transports;

/// <summary>
/// How much of what was sent the peer's side has not acknowledged yet. The system goes on sending it long after it has left this process,
/// so only the system knows whether a peer that does not answer still reads.
/// </summary>
internal static class SocketBacklog
{
    // SOL_SOCKET, SO_MEMINFO, and of the counters that gives the place of SK_MEMINFO_WMEM_ALLOC.
    private const int SocketLevel = 1;
    private const int MemoryInfo = 55;
    private const int WrittenMemory = 2;

    /// <summary>
    /// The bytes; of a Unix socket the memory that they take up, until they are read. Null where that cannot be told: on other systems than
    /// Linux, or when the socket is gone.
    /// </summary>
    public static long? BytesOf(Socket socket) =>
        socket.AddressFamily == AddressFamily.Unix ? MemoryOf(socket) : TcpInfo.Of(socket)?.UntakenBytes;

    private static long? MemoryOf(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            Span<uint> memory = stackalloc uint[WrittenMemory + 1];
            var length = socket.GetRawSocketOption(SocketLevel, MemoryInfo, MemoryMarshal.AsBytes(memory));
            return length >= memory.Length * sizeof(uint) ? memory[WrittenMemory] : null;
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            return null;
        }
    }
}
