using System.Buffers;
using Microsoft.Extensions.Logging;

namespace RawWebSocket.Transport.Connections;

/// <summary>What all connections of a host have in common. The first logger is for single connections, the other for all else.</summary>
internal sealed record ConnectionSettings(RawWebSocketTransportOptions Options, MemoryPool<byte> Pool, ILogger Logger, ILogger HostLogger);
