using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RawWebSocket.Testing.Handshakes;

namespace RawWebSocket.Testing;

/// <summary>
/// Opens WebSocket connections to a server under test: in memory when it runs on TestServer, over a loopback socket when it runs on
/// Kestrel. Both go through the server's real opening handshake and carry real frames.
/// </summary>
public static class RawWebSocketTestingExtensions
{
    /// <summary>Opens a connection to the application of a factory, starting it if it is not running yet.</summary>
    /// <typeparam name="TEntryPoint">The factory's entry point.</typeparam>
    /// <param name="factory">
    /// The factory. Scheme, host and port come from its <see cref="WebApplicationFactory{TEntryPoint}.ClientOptions"/>.
    /// </param>
    /// <param name="path">The path, with its query if it has one.</param>
    /// <param name="configure">Changes the opening request and the connection's options; default none.</param>
    /// <param name="cancellationToken">Gives the opening handshake up.</param>
    /// <exception cref="HandshakeRefusedException">The server answered with something other than 101.</exception>
    /// <exception cref="ServerViolationException">The server answered with a 101 that breaks RFC 6455.</exception>
    /// <exception cref="ExpectationFailedException">No answer came within the time limit.</exception>
    public static Task<TestWebSocket> ConnectRawWebSocketAsync<TEntryPoint>(
        this WebApplicationFactory<TEntryPoint> factory,
        string path,
        Action<TestWebSocketOptions>? configure = null,
        CancellationToken cancellationToken = default)
        where TEntryPoint : class
    {
        var (connector, uri) = WayTo(factory, path);
        return OpeningHandshake.ConnectAsync(connector, uri, configure, cancellationToken);
    }

    /// <summary>Opens a connection in memory.</summary>
    /// <param name="server">The server. Scheme and host come from its <see cref="TestServer.BaseAddress"/>.</param>
    /// <param name="path">The path, with its query if it has one.</param>
    /// <param name="configure">Changes the opening request and the connection's options; default none.</param>
    /// <param name="cancellationToken">Gives the opening handshake up.</param>
    /// <exception cref="HandshakeRefusedException">The server answered with something other than 101.</exception>
    /// <exception cref="ServerViolationException">The server answered with a 101 that breaks RFC 6455.</exception>
    /// <exception cref="ExpectationFailedException">No answer came within the time limit.</exception>
    public static Task<TestWebSocket> ConnectRawWebSocketAsync(
        this TestServer server, string path, Action<TestWebSocketOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        var (connector, uri) = WayTo(server, path);
        return OpeningHandshake.ConnectAsync(connector, uri, configure, cancellationToken);
    }

    /// <summary>Opens a connection to a host that has been started, such as a <c>WebApplication</c>.</summary>
    /// <param name="host">The host. On Kestrel, the last address it listens on is taken.</param>
    /// <param name="path">The path, with its query if it has one.</param>
    /// <param name="configure">Changes the opening request and the connection's options; default none.</param>
    /// <param name="cancellationToken">Gives the opening handshake up.</param>
    /// <exception cref="HandshakeRefusedException">The server answered with something other than 101.</exception>
    /// <exception cref="ServerViolationException">The server answered with a 101 that breaks RFC 6455.</exception>
    /// <exception cref="ExpectationFailedException">No answer came within the time limit.</exception>
    public static Task<TestWebSocket> ConnectRawWebSocketAsync(
        this IHost host, string path, Action<TestWebSocketOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        var (connector, uri) = WayTo(host, path);
        return OpeningHandshake.ConnectAsync(connector, uri, configure, cancellationToken);
    }

    /// <summary>Sends an opening request that the application of a factory has to refuse, and returns its answer.</summary>
    /// <typeparam name="TEntryPoint">The factory's entry point.</typeparam>
    /// <param name="factory">
    /// The factory. Scheme, host and port come from its <see cref="WebApplicationFactory{TEntryPoint}.ClientOptions"/>.
    /// </param>
    /// <param name="path">The path, with its query if it has one.</param>
    /// <param name="configure">Changes the opening request; default none.</param>
    /// <param name="cancellationToken">Gives the opening handshake up.</param>
    /// <exception cref="ExpectationFailedException">The server accepted, or no answer came within the time limit.</exception>
    public static Task<HandshakeRefusal> ExpectRawWebSocketRefusalAsync<TEntryPoint>(
        this WebApplicationFactory<TEntryPoint> factory,
        string path,
        Action<TestWebSocketOptions>? configure = null,
        CancellationToken cancellationToken = default)
        where TEntryPoint : class
    {
        var (connector, uri) = WayTo(factory, path);
        return OpeningHandshake.ExpectRefusalAsync(connector, uri, configure, cancellationToken);
    }

    /// <summary>Sends an opening request that the server has to refuse, and returns its answer.</summary>
    /// <param name="server">The server. Scheme and host come from its <see cref="TestServer.BaseAddress"/>.</param>
    /// <param name="path">The path, with its query if it has one.</param>
    /// <param name="configure">Changes the opening request; default none.</param>
    /// <param name="cancellationToken">Gives the opening handshake up.</param>
    /// <exception cref="ExpectationFailedException">The server accepted, or no answer came within the time limit.</exception>
    public static Task<HandshakeRefusal> ExpectRawWebSocketRefusalAsync(
        this TestServer server, string path, Action<TestWebSocketOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        var (connector, uri) = WayTo(server, path);
        return OpeningHandshake.ExpectRefusalAsync(connector, uri, configure, cancellationToken);
    }

    /// <summary>Sends an opening request that the host has to refuse, and returns its answer.</summary>
    /// <param name="host">The host. On Kestrel, the last address it listens on is taken.</param>
    /// <param name="path">The path, with its query if it has one.</param>
    /// <param name="configure">Changes the opening request; default none.</param>
    /// <param name="cancellationToken">Gives the opening handshake up.</param>
    /// <exception cref="ExpectationFailedException">The server accepted, or no answer came within the time limit.</exception>
    public static Task<HandshakeRefusal> ExpectRawWebSocketRefusalAsync(
        this IHost host, string path, Action<TestWebSocketOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        var (connector, uri) = WayTo(host, path);
        return OpeningHandshake.ExpectRefusalAsync(connector, uri, configure, cancellationToken);
    }

    private static (IConnector Connector, Uri Uri) WayTo<TEntryPoint>(WebApplicationFactory<TEntryPoint> factory, string path)
        where TEntryPoint : class
    {
        // The services start the server; factory.Server would throw on Kestrel. Only then is the base address known.
        var server = factory.Services.GetRequiredService<IServer>();
        return server is TestServer testServer
            ? (new MemoryConnector(testServer), new Uri(factory.ClientOptions.BaseAddress, path))
            : (new SocketConnector(), new Uri(Reachable(factory.ClientOptions.BaseAddress), path));
    }

    private static (IConnector Connector, Uri Uri) WayTo(TestServer server, string path) =>
        (new MemoryConnector(server), new Uri(server.BaseAddress, path));

    private static (IConnector Connector, Uri Uri) WayTo(IHost host, string path)
    {
        var server = host.Services.GetRequiredService<IServer>();
        if (server is TestServer testServer)
        {
            return WayTo(testServer, path);
        }

        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.LastOrDefault()
            ?? throw new InvalidOperationException("The host listens on no address. Has it been started?");
        return (new SocketConnector(), new Uri(Reachable(new Uri(address)), path));
    }

    private static Uri Reachable(Uri address) =>
        address.Host is "0.0.0.0" or "[::]" ? new UriBuilder(address) { Host = "localhost" }.Uri : address;
}
