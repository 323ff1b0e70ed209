using System.Net;
using System.Net.Sockets;

namespace RawWebSocket.Tests.Connections.Transports;

/// <summary>Two ends of a TCP connection; what is sent and not read soon has no room.</summary>
internal sealed class SocketPair : IDisposable
{
    private const int SendBuffer = 8 * 1024;

    public SocketPair()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Far.Connect(listener.LocalEndPoint!);
        Near = listener.Accept();
        Near.Blocking = false;
        Near.NoDelay = true;
        Near.SendBufferSize = SendBuffer;
    }

    /// <summary>The end that is written to: accepted and not blocking, as a server's is.</summary>
    public Socket Near { get; }

    /// <summary>The peer's end.</summary>
    public Socket Far { get; } = new(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 30_000 };

    /// <summary>Reads what the peer is to get.</summary>
    public byte[] Receive(int count)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            var more = Far.Receive(bytes.AsSpan(read));
            more.ShouldNotBe(0, "The connection has ended.");
            read += more;
        }

        return bytes;
    }

    public void Dispose()
    {
        Near.Dispose();
        Far.Dispose();
    }
}
