using System.Net.Sockets;

namespace RawWebSocket.Connections.Transports;

/// <summary>
/// Whether a peer's reset has come. A server that is not being read does not read either, and learns of a reset only behind all that the
/// peer sent before it; the system knows at once.
/// </summary>
internal static class SocketReset
{
    /// <summary>True when it has; false also where that cannot be told. Of a socket that is gone the transport tells itself.</summary>
    public static bool HasCome(Socket socket) => TcpInfo.Of(socket) is { IsClosed: true };
}
