using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace RawWebSocket.Integration.Tests.Kit;

/// <summary>A client that reads as much as a test says and no more, and sees how TCP ends.</summary>
internal sealed class SlowClient : IDisposable
{
    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly MemoryStream _read = new();

    private SlowClient(Socket socket, Stream stream) => (_socket, _stream) = (socket, stream);

    /// <summary>Bytes of messages' payloads, once the close frame has been read.</summary>
    public long Payload { get; private set; }

    /// <summary>The code of the close frame.</summary>
    public int CloseCode { get; private set; }

    [SuppressMessage("Security", "CA5359", Justification = "The certificate is one that the test has made for itself.")]
    private static SslStream Encrypt(Stream stream) => new(stream, leaveInnerStreamOpen: false, static (_, _, _, _) => true);

    /// <summary>Connects, with a small buffer of its own, and opens a WebSocket.</summary>
    public static async Task<SlowClient> ConnectAsync(TestApp app, ServerKind kind)
    {
        _ = app.Services;
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 16 * 1024 };
        await socket.ConnectAsync("127.0.0.1", app.ClientOptions.BaseAddress.Port).Within();
        Stream stream = new NetworkStream(socket);
        if (kind == ServerKind.KestrelWithTls)
        {
            var tls = Encrypt(stream);
            await tls.AuthenticateAsClientAsync("localhost").Within();
            stream = tls;
        }

        var client = new SlowClient(socket, stream);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")).AsTask().Within();
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one).AsTask().Within();
            head.Append((char)one[0]);
        }

        return client;
    }

    /// <summary>Reads what there is, at most so much.</summary>
    public async Task<int> ReadAsync(int most)
    {
        var bytes = new byte[most];
        var count = await _stream.ReadAsync(bytes).AsTask().Within();
        _read.Write(bytes, 0, count);
        return count;
    }

    /// <summary>Reads until the close frame has come.</summary>
    public async Task ReadToCloseAsync()
    {
        while (!HasClose())
        {
            (await ReadAsync(256 * 1024)).ShouldBeGreaterThan(0, $"the end came after {_read.Length} bytes, before the close frame");
        }
    }

    /// <summary>Answers the close frame with an empty one.</summary>
    public Task AnswerCloseAsync() => _stream.WriteAsync(new byte[] { 0x88, 0x80, 0, 0, 0, 0 }).AsTask().Within();

    /// <summary>Whether TCP ends next, and with a FIN.</summary>
    public async Task<bool> EndsWithFinAsync()
    {
        try
        {
            return await ReadAsync(1) == 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private bool HasClose()
    {
        var rest = _read.GetBuffer().AsSpan(0, (int)_read.Length);
        Payload = 0;
        while (rest.Length >= 2)
        {
            var (header, length) = rest[1] switch
            {
                < 126 => (2, rest[1]),
                126 => (4, rest.Length < 4 ? long.MaxValue : BinaryPrimitives.ReadUInt16BigEndian(rest[2..])),
                _ => (10, rest.Length < 10 ? long.MaxValue : BinaryPrimitives.ReadInt64BigEndian(rest[2..])),
            };
            if (rest.Length - header < length)
            {
                return false;
            }

            if (rest[0] == 0x88)
            {
                CloseCode = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
                return true;
            }

            Payload += length;
            rest = rest[(header + (int)length)..];
        }

        return false;
    }
}
