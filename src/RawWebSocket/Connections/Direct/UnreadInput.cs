using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace RawWebSocket.Connections;

/// <summary>Whether bytes of the peer wait in the socket; only to be asked on Linux.</summary>
internal static partial class UnreadInput
{
    // FIONREAD, of all processors that .NET runs on.
    private const nuint CountUnread = 0x541B;

    /// <summary>False as well when that cannot be known. Any thread may ask at any time.</summary>
    public static bool WaitsIn(SafeSocketHandle socket)
    {
        try
        {
            return !socket.IsClosed && SystemCall(socket, CountUnread, out var count) == 0 && count > 0;
        }
        catch (Exception exception) when (exception is ObjectDisposedException or DllNotFoundException or EntryPointNotFoundException)
        {
            // Disposed of since it was looked at, or another system's library.
            return false;
        }
    }

    // Of the system's own library, not of one that lies beside the application.
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int SystemCall(SafeSocketHandle socket, nuint request, out int count);
}
