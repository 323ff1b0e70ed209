using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RawWebSocket.Abuse.Clients;

/// <summary>A TCP connection to the server that sends whatever it is told to. One reader and one writer at a time.</summary>
internal sealed class RawClient : IDisposable
{
    // One source address has some 28,000 ports, and those that were used lately rest for a while.
    public const int SourceAddresses = 32;

    private static readonly TimeSpan BetweenBytes = TimeSpan.FromSeconds(1);

    private static int _lastNumber;

    private readonly Socket _socket;
    private byte[] _buffer = [];
    private int _start;
    private int _end;

    private RawClient(Socket socket) => _socket = socket;

    /// <summary>The bytes of the frame read last; valid until the next read.</summary>
    public ReadOnlySpan<byte> Buffered => _buffer.AsSpan(_start, _end - _start);

    public static byte[] UpgradeRequest(string path, string headers = "") => Encoding.ASCII.GetBytes(
        $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + $"Sec-WebSocket-Key: {Convert.ToBase64String(Guid.NewGuid().ToByteArray())}\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n");

    /// <summary>Connects.</summary>
    /// <param name="port">The server's port on 127.0.0.1.</param>
    /// <param name="receiveBuffer">The kernel's receive buffer in bytes; null for its own choice.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<RawClient> ConnectAsync(int port, int? receiveBuffer, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (receiveBuffer is { } bytes)
            {
                socket.ReceiveBufferSize = bytes;
            }

            var source = 2 + (int)((uint)Interlocked.Increment(ref _lastNumber) % SourceAddresses);
            socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)source]), 0));
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return new RawClient(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends the opening handshake and reads the status of the answer; 0 when the connection ended instead.</summary>
    public async Task<int> UpgradeAsync(string path, CancellationToken cancellationToken, string headers = "")
    {
        await SendAsync(UpgradeRequest(path, headers), cancellationToken);
        return await ReadStatusAsync(cancellationToken);
    }

    /// <summary>Reads the head of an HTTP response; 0 when the connection ended instead.</summary>
    public async Task<int> ReadStatusAsync(CancellationToken cancellationToken)
    {
        int length;
        while ((length = Buffered.IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (!await FillAsync(cancellationToken))
            {
                return 0;
            }
        }

        var status = int.Parse(Buffered.Slice("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture);
        _start += length + 4;
        return status;
    }

    /// <summary>Sends bytes; false when the connection has ended.</summary>
    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[await _socket.SendAsync(bytes, cancellationToken)..];
            }

            return true;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Sends a byte a second, until the connection ends.</summary>
    public async Task DribbleAsync(ReadOnlyMemory<byte> bytes, Task ended)
    {
        for (var i = 0; !ended.IsCompleted && i < bytes.Length; i++)
        {
            await SendAsync(bytes.Slice(i, 1), CancellationToken.None);
            await Task.WhenAny(ended, Task.Delay(BetweenBytes));
        }
    }

    /// <summary>Reads the next frame; null when the connection has ended. Until skipped it begins <see cref="Buffered"/>.</summary>
    public async ValueTask<ServerFrame?> ReadFrameAsync(CancellationToken cancellationToken)
    {
        ServerFrame? frame;
        while ((frame = ServerFrame.At(Buffered)) is null)
        {
            if (!await FillAsync(cancellationToken))
            {
                return null;
            }
        }

        return frame;
    }

    public void Skip(ServerFrame frame) => _start += frame.End;

    /// <summary>Reads, and drops what it reads, until TCP ends or the token says that it was long enough.</summary>
    public async Task<Ending> ReadToEndAsync(Manners manners, CancellationToken cancellationToken)
    {
        int? closeCode = null;
        try
        {
            while (await ReadFrameAsync(cancellationToken) is { } frame)
            {
                if (frame.Opcode == Opcode.Close)
                {
                    closeCode ??= frame.CloseCode(Buffered);
                }

                var answer = AnswerTo(frame, manners);
                Skip(frame);
                if (answer is not null)
                {
                    await SendAsync(answer, cancellationToken);
                }
            }

            return new Ending(closeCode, TransportEnded: true);
        }
        catch (OperationCanceledException)
        {
            return new Ending(closeCode, TransportEnded: false);
        }
    }

    /// <summary>Ends the connection with RST instead of FIN.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    private byte[]? AnswerTo(ServerFrame frame, Manners manners) => frame.Opcode switch
    {
        Opcode.Ping when manners.HasFlag(Manners.AnswersPings) =>
            ClientFrame.Of(Opcode.Pong, Buffered.Slice(frame.Start, frame.Length)),
        Opcode.Close when manners.HasFlag(Manners.AnswersClose) =>
            ClientFrame.Of(Opcode.Close, Buffered.Slice(frame.Start, Math.Min(frame.Length, sizeof(ushort)))),
        _ => null,
    };

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }

        if (_end == _buffer.Length)
        {
            // Half a frame is in the way: to the front with it, or into a larger buffer.
            var room = _start > 0 ? _buffer : new byte[Math.Max(512, _buffer.Length * 2)];
            Buffered.CopyTo(room);
            (_buffer, _start, _end) = (room, 0, _end - _start);
        }

        try
        {
            var count = await _socket.ReceiveAsync(_buffer.AsMemory(_end), cancellationToken);
            _end += count;
            return count > 0;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }
}
