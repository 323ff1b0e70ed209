using System.Net;
using System.Net.Sockets;
using RawWebSocket.Tests.Shared;

namespace RawWebSocket.Browser.Tests;

/// <summary>sample-web on a real loopback port. A second one may take the place of the first, on the same port.</summary>
public sealed class SampleServer : IAsyncDisposable
{
    private readonly SampleOnKestrel _sample;

    private SampleServer(int port) => _sample = new(port);

    public Uri Address => _sample.Address;

    public static SampleServer Start() => new(FreePort());

    /// <summary>Takes the place of a server that is gone, for the tabs that look for it.</summary>
    public static SampleServer StartAt(int port) => new(port);

    public ValueTask DisposeAsync() => _sample.DisposeAsync();

    // Below the ports that the system gives to outgoing connections: one of those, a tab's own attempt to reconnect even, could
    // otherwise sit on the port while the server is away.
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Taken: try another.
            }
        }
    }
}
