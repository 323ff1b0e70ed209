using System.Net.Sockets;
using RawWebSocket.Testing.Frames;

namespace RawWebSocket.Testing.Transports;

/// <summary>The client's end of a TCP connection, with or without TLS.</summary>
internal sealed class SocketTransport : Transport
{
    private readonly Socket _socket;
    private readonly Stream _stream;
    private TransportEnd? _end;

    public SocketTransport(Socket socket, Stream stream, ReceiveBuffer buffer)
    {
        _socket = socket;
        _stream = stream;
        Buffer = buffer;
    }

    public override TransportEnd? End => _end;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        try
        {
            var count = await _stream.ReadAsync(buffer).ConfigureAwait(false);
            _end = count == 0 ? TransportEnd.Finished : null;
            return count;
        }
        catch (Exception exception) when (IsLoss(exception))
        {
            _end = TransportEnd.Reset;
            return 0;
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await _stream.WriteAsync(bytes).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsLoss(exception))
        {
            // TCP tells a sender late or never that its peer has gone; the reading side tells it surely.
        }
    }

    public override ValueTask FinishAsync()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (IsLoss(exception))
        {
            // The server has gone already, or this side has.
        }

        return ValueTask.CompletedTask;
    }

    public override void Abort()
    {
        if (_socket.SafeHandle.IsClosed)
        {
            return;
        }

        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Dispose();
    }

    public override void Dispose() => _stream.Dispose();

    private static bool IsLoss(Exception exception) => exception is IOException or SocketException or ObjectDisposedException;
}
