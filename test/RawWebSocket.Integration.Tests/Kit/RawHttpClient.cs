using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace RawWebSocket.Integration.Tests.Kit;

/// <summary>A TCP connection to an application on Kestrel, and nothing of HTTP but what a test writes and reads.</summary>
internal sealed class RawHttpClient : IDisposable
{
    private readonly TcpClient _tcp = new() { NoDelay = true };

    public static async Task<RawHttpClient> ConnectAsync(TestApp app)
    {
        // The services start the server; only then is the address known.
        _ = app.Services;
        return await ConnectAsync(app.ClientOptions.BaseAddress);
    }

    public static async Task<RawHttpClient> ConnectAsync(Uri address)
    {
        var client = new RawHttpClient();
        await client._tcp.ConnectAsync("127.0.0.1", address.Port).Within();
        return client;
    }

    public Task SendAsync(string text) => _tcp.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask().Within();

    /// <summary>A whole opening request, with header lines besides its own.</summary>
    public Task SendHandshakeAsync(params string[] lines) => SendAsync(
        "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        + $"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{string.Concat(lines.Select(line => line + "\r\n"))}\r\n");

    /// <summary>Reads one response, whose length its head says.</summary>
    public async Task<(string Head, string Body)> ReadResponseAsync()
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            head.Append(await ReadAsync(1));
        }

        const string Length = "Content-Length: ";
        var line = head.ToString().Split("\r\n").Single(line => line.StartsWith(Length, StringComparison.Ordinal));
        return (head.ToString(), await ReadAsync(int.Parse(line[Length.Length..], CultureInfo.InvariantCulture)));
    }

    /// <summary>Everything up to the server's end of the connection, graceful or not.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var bytes = new MemoryStream();
        try
        {
            await _tcp.GetStream().CopyToAsync(bytes).Within();
        }
        catch (IOException)
        {
            // A reset is an end too.
        }

        return Encoding.Latin1.GetString(bytes.ToArray());
    }

    public void Dispose() => _tcp.Dispose();

    private async Task<string> ReadAsync(int count)
    {
        var bytes = new byte[count];
        await _tcp.GetStream().ReadExactlyAsync(bytes).AsTask().Within();
        return Encoding.Latin1.GetString(bytes);
    }
}
