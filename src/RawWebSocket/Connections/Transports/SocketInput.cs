using System.Net.Sockets;

namespace RawWebSocket.Connections.Transports;

/// <summary>Whether bytes of the peer wait in the socket, because the server has not had the time to read them.</summary>
internal static class SocketInput
{
    /// <summary>False also when that cannot be told. Any thread may ask at any time.</summary>
    public static bool WaitsIn(Socket socket)
    {
        try
        {
            return socket.Available > 0;
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            return false;
        }
    }
}
