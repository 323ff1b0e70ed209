using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace RawWebSocket.Connections.Transports;

/// <summary>
/// How much of what was sent the peer's side has not acknowledged yet. The system goes on sending it long after it has left this process,
/// so only the system knows whether a peer that does not answer still reads.
/// </summary>
internal static partial class SocketBacklog
{
    // SIOCOUTQ.
    private const nuint OutputQueue = 0x5411;

    /// <summary>The bytes; null where that cannot be told: on other systems than Linux, or when the socket is gone.</summary>
    public static long? BytesOf(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            return SystemCall(socket.SafeHandle, OutputQueue, out var bytes) == 0 ? bytes : null;
        }
        catch (Exception exception) when (exception is ObjectDisposedException or EntryPointNotFoundException or DllNotFoundException)
        {
            return null;
        }
    }

    // Of the system's own library, not of one that lies beside the application.
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int SystemCall(SafeSocketHandle socket, nuint request, out int bytes);
}
