using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RawWebSocket.Transport.Tests.Kit;

/// <summary>A TCP client that sends what a test says and sees how the connection ends.</summary>
internal sealed class RawClient : IDisposable
{
    private RawClient(Socket socket) => Socket = socket;

    public Socket Socket { get; }

    public static Task<RawClient> ConnectAsync(int port, Action<Socket>? configure = null) =>
        ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), configure);

    public static async Task<RawClient> ConnectAsync(EndPoint endPoint, Action<Socket>? configure = null)
    {
        var socket = new Socket(
            endPoint.AddressFamily, SocketType.Stream, endPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        configure?.Invoke(socket);
        await socket.ConnectAsync(endPoint).Within();
        return new RawClient(socket);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.ASCII.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await Socket.SendAsync(bytes).Within()..];
        }
    }

    public async Task<string> ReadAsync(int count)
    {
        var bytes = new byte[count];
        var have = 0;
        while (have < count)
        {
            var more = await Socket.ReceiveAsync(bytes.AsMemory(have)).Within();
            more.ShouldBeGreaterThan(0, $"the end came after {Encoding.ASCII.GetString(bytes, 0, have)}");
            have += more;
        }

        return Encoding.ASCII.GetString(bytes);
    }

    /// <summary>Reads until the text has come.</summary>
    public async Task<string> ReadUntilAsync(string end)
    {
        var text = new StringBuilder();
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            text.Append(await ReadAsync(1));
        }

        return text.ToString();
    }

    /// <summary>Reads until the peer's FIN.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var text = new StringBuilder();
        var bytes = new byte[64 * 1024];
        while (await Socket.ReceiveAsync(bytes.AsMemory()).Within() is > 0 and var count)
        {
            text.Append(Encoding.ASCII.GetString(bytes, 0, count));
        }

        return text.ToString();
    }

    /// <summary>Expects a reset, whatever comes before.</summary>
    public async Task ShouldBeResetAsync() =>
        (await Should.ThrowAsync<SocketException>(ReadToEndAsync)).SocketErrorCode.ShouldBe(SocketError.ConnectionReset);

    public void Finish() => Socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends the connection with a reset.</summary>
    public void Reset() => Socket.Close(0);

    public void Dispose() => Socket.Dispose();
}
