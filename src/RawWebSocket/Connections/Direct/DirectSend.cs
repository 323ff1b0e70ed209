using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace RawWebSocket.Connections.Direct;

/// <summary>
/// The system call that sends, on Linux; only to be used where it <see cref="IsAvailable"/>. <see cref="Socket.Send(ReadOnlySpan{byte})"/>
/// makes it too, but looks at two objects more for each connection, and a broadcast finds none of them in the processor's cache; it tries
/// again after a part; and it may block, where this never does.
/// </summary>
internal static partial class DirectSend
{
    // MSG_DONTWAIT and MSG_NOSIGNAL: neither a wait nor a signal, whatever the socket is set to.
    private const int Flags = 0x40 | 0x4000;

    /// <summary>Whether there is such a call. Tried with what is no socket, and refused by it.</summary>
    public static bool IsAvailable { get; } = OperatingSystem.IsLinux() && RefusesNoSocket();

    /// <summary>
    /// Sends as much as the socket takes at once; returns how many bytes, 0 as well when it has failed or is disposed. Any thread may call
    /// it at any time.
    /// </summary>
    public static int Send(SafeSocketHandle socket, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return socket.IsClosed ? 0 : (int)Math.Max(0, SystemCall(socket, bytes, (nuint)bytes.Length, Flags));
        }
        catch (ObjectDisposedException)
        {
            // Since it was looked at.
            return 0;
        }
    }

    private static bool RefusesNoSocket()
    {
        try
        {
            using var none = new SafeSocketHandle(preexistingHandle: int.MaxValue, ownsHandle: false);
            return SystemCall(none, [0], length: 1, Flags) < 0;
        }
        catch (Exception)
        {
            // Whatever another system's library makes of it: sends go through the server's queue then.
            return false;
        }
    }

    // Of the system's own library, not of one that lies beside the application.
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "send")]
    private static partial nint SystemCall(SafeSocketHandle socket, ReadOnlySpan<byte> bytes, nuint length, int flags);
}
