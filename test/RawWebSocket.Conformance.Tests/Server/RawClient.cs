using System.Net.Sockets;
using System.Text;

namespace RawWebSocket.Conformance.Tests;

/// <summary>A TCP connection to the server, and nothing between it and a test.</summary>
internal sealed class RawClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TcpClient _tcp;
    private readonly NetworkStream _stream;

    private RawClient(TcpClient tcp)
    {
        _tcp = tcp;
        _stream = tcp.GetStream();
    }

    public static async Task<RawClient> ConnectAsync(Uri server)
    {
        var tcp = new TcpClient { NoDelay = true };
        await tcp.ConnectAsync(server.Host, server.Port).WaitAsync(Patience);
        return new RawClient(tcp);
    }

    public async Task SendAsync(byte[] bytes) => await _stream.WriteAsync(bytes).AsTask().WaitAsync(Patience);

    /// <summary>Reads a response's head, to the empty line and not a byte further.</summary>
    public async Task<ResponseHead> ReadHeadAsync()
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!EndsWithEmptyLine(head))
        {
            await ReadExactlyAsync(one);
            head.Append((char)one[0]);
        }

        return ResponseHead.Parse(head.ToString());
    }

    public async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        await ReadExactlyAsync(bytes);
        return bytes;
    }

    /// <summary>Everything up to the server's FIN.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        var bytes = new MemoryStream();
        await _stream.CopyToAsync(bytes).WaitAsync(Patience);
        return bytes.ToArray();
    }

    public void Dispose() => _tcp.Dispose();

    private Task ReadExactlyAsync(byte[] bytes) => _stream.ReadExactlyAsync(bytes).AsTask().WaitAsync(Patience);

    private static bool EndsWithEmptyLine(StringBuilder head) =>
        head.Length >= 4 && head[^4] == '\r' && head[^3] == '\n' && head[^2] == '\r' && head[^1] == '\n';
}
