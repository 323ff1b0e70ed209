using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RawWebSocket.Transport.Connections;
using RawWebSocket.Transport.Listening;
using RawWebSocket.Transport.Loops;

namespace RawWebSocket.Transport;

/// <summary>Kestrel's way to the transport: one for a host, with the loops and the memory of all its endpoints.</summary>
[SuppressMessage("Performance", "CA1812", Justification = "The container makes it.")]
internal sealed class EpollTransportFactory : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly LoopGroup _loops;
    private readonly ConnectionSettings _settings;

    public EpollTransportFactory(
        IOptions<RawWebSocketTransportOptions> options,
        IOptions<SocketTransportOptions> sockets,
        ILoggerFactory loggers,
        IMemoryPoolFactory<byte>? pools = null,
        TimeProvider? time = null)
    {
        // The pool is never disposed of: a connection may outlive the host's endpoints for a moment, and unused it is garbage.
        var pool = pools?.Create(new MemoryPoolOptions { Owner = "kestrel" }) ?? MemoryPool<byte>.Shared;
        var hostLogger = new QuietLogger(loggers.CreateLogger(Log.Category));
        _loops = new LoopGroup(options.Value, hostLogger);
        _settings = new ConnectionSettings(
            options.Value,
            sockets.Value,
            pool,
            new QuietLogger(loggers.CreateLogger(Log.ConnectionCategory)),
            hostLogger,
            new Leftovers(time ?? TimeProvider.System));
    }

    /// <summary>Whether it is an address or a path; all else is for Kestrel's own sockets.</summary>
    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint or UnixDomainSocketEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // Not sooner: the options may be fitted to the memory until Kestrel starts, and a host that binds nothing here may have any.
        HonouredOptions.Check(_settings.Sockets);
        return ValueTask.FromResult<IConnectionListener>(new EpollListener(endpoint, _loops, _settings));
    }
}
