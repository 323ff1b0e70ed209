using System.Net;
using System.Net.Sockets;

namespace RawWebSocket.Tests.Connections.Transports;

/// <summary>Two ends of a TCP connection; what is sent and not read soon has no room.</summary>
internal sealed class SocketPair : IDisposable
{
    private const int SendBuffer = 8 * 1024;

    /// <param name="blocks">Whether the end that is written to is left as the system makes it.</param>
    public SocketPair(bool blocks = false)
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Near.Connect(listener.LocalEndPoint!);
        Far = listener.Accept();
        Near.Blocking = blocks;
        Far.ReceiveTimeout = (int)TimeSpan.FromSeconds(30).TotalMilliseconds;
    }

    /// <summary>The end that is written to; as Kestrel's it does not block, unless it is to.</summary>
    public Socket Near { get; } = new(SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = SendBuffer, NoDelay = true };

    /// <summary>The peer's end.</summary>
    public Socket Far { get; }

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
