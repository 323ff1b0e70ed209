using System.Net.Sockets;

namespace RawWebSocket.Connections.Transports;

/// <summary>
/// Whether a peer's reset has come. A server that is not being read does not read either, and learns of a reset only behind all that the
/// peer sent before it; the system knows at once.
/// </summary>
internal static class SocketReset
{
    // IPPROTO_TCP, TCP_INFO, and of what that gives the first byte: TCP_CLOSE.
    private const int Tcp = 6;
    private const int Info = 11;
    private const byte Closed = 7;

    /// <summary>True when it has; false also where that cannot be told.</summary>
    public static bool HasCome(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            Span<byte> info = stackalloc byte[8];
            return socket.GetRawSocketOption(Tcp, Info, info) > 0 && info[0] == Closed;
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            // Gone, which the transport tells of itself; or no TCP.
            return false;
        }
    }
}
