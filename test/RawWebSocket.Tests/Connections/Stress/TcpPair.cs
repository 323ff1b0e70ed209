using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>A TCP connection on this machine; what is sent and not read soon has no room.</summary>
internal sealed class TcpPair : StressPair
{
    private readonly Socket _near = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, SendBufferSize = 8 * 1024 };
    private readonly Socket _far;

    public TcpPair(Random random)
        : base(random)
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _near.Connect(listener.LocalEndPoint!);
        _far = listener.Accept();
        Output = PipeWriter.Create(new NetworkStream(_near));
    }

    public override PipeWriter Output { get; }

    // With a reset, which is what a process that ends leaves behind.
    public override void Leave()
    {
        _far.LingerState = new LingerOption(enable: true, seconds: 0);
        _far.Close();
    }

    public override void Dispose()
    {
        _near.Dispose();
        _far.Dispose();
    }

    // The writer is not completed: that would let out what has not been flushed.
    protected override void EndOutput()
    {
        try
        {
            _near.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The peer has left.
        }
    }

    protected override void ReadAll()
    {
        var room = new byte[Next(2) == 0 ? 5000 : 64 * 1024];
        try
        {
            for (var read = _far.Receive(room); read > 0; read = _far.Receive(room))
            {
                Keep(room.AsSpan(0, read));
                Pause();
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It has left itself.
        }
    }
}
