using System.Buffers;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace RawWebSocket.Transport.Connections;

/// <summary>What all connections of a host have in common.</summary>
/// <param name="Options">The transport's own options.</param>
/// <param name="Sockets">Kestrel's, of which <see cref="HonouredOptions"/> says what holds here.</param>
/// <param name="Pool">Where buffers come from.</param>
/// <param name="Logger">For single connections.</param>
/// <param name="HostLogger">For all else.</param>
/// <param name="Leftovers">Watches over connections that are over but for what is left to be sent.</param>
internal sealed record ConnectionSettings(
    RawWebSocketTransportOptions Options,
    SocketTransportOptions Sockets,
    MemoryPool<byte> Pool,
    ILogger Logger,
    ILogger HostLogger,
    Leftovers Leftovers)
{
    /// <summary>How many bytes a connection keeps that the application has not looked at.</summary>
    public long MaxRead => HonouredOptions.Limit(Sockets.MaxReadBufferSize);

    /// <summary>How many bytes may wait for a peer before a flush waits.</summary>
    public long MaxWrite => HonouredOptions.Limit(Sockets.MaxWriteBufferSize);
}
