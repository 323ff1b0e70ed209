using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using RawWebSocket.Transport.Native;

namespace RawWebSocket.Transport.Listening;

/// <summary>Opens a socket that listens.</summary>
internal static class ListeningSocket
{
    /// <summary>Returns the socket, and the endpoint with the port that the system has chosen.</summary>
    /// <exception cref="AddressInUseException">Somebody else has the endpoint.</exception>
    /// <exception cref="SocketException">The system refuses for another reason.</exception>
    public static (SocketDescriptor Socket, EndPoint EndPoint) Open(EndPoint endPoint, int backlog)
    {
        var number = Checked(SocketCalls.Create(endPoint.AddressFamily));
        try
        {
            if (endPoint is IPEndPoint ip)
            {
                SocketSettings.AllowReuse(number);
                if (ip.AddressFamily == AddressFamily.InterNetworkV6)
                {
                    // Kestrel means all addresses of both kinds by the one that stands for all of IPv6.
                    SocketSettings.TakeIpv4(number, ip.Address.Equals(IPAddress.IPv6Any));
                }
            }

            Checked(SocketCalls.Bind(number, endPoint.Serialize()));
            Checked(SocketCalls.Listen(number, backlog));
            return (new SocketDescriptor(number), endPoint is IPEndPoint ? SocketCalls.LocalEndPoint(number, endPoint) : endPoint);
        }
        catch
        {
            SocketCalls.Close(number);
            throw;
        }
    }

    private static int Checked(int result)
    {
        if (result >= 0)
        {
            return result;
        }

        var exception = Errno.Exception(-result);
        throw result == -Errno.AddressInUse ? new AddressInUseException(exception.Message, exception) : exception;
    }
}
