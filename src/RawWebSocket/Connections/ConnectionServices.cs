using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RawWebSocket.Compression;
using RawWebSocket.Connections.Lifetime;
using RawWebSocket.Connections.Rates;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Diagnostics;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <summary>What all connections of a process share.</summary>
internal sealed record ConnectionServices(
    TimeProvider Time,
    ILogger Logger,
    WebSocketMetrics Metrics,
    IServiceScopeFactory Scopes,
    OpenConnections Open,
    MemoryBudget Memory,
    RateLimits Rates,
    CompressionService Compression,
    IGroupDirectory Groups,
    CancellationToken Stopping)
{
    /// <summary>How much of a long message a transport is given at once, in bytes.</summary>
    public int LongWrite { get; init; } = MessageWriter.Chunk;

    /// <summary>Whether the transports send on the threads that flush.</summary>
    public bool SendsInline { get; init; }

    /// <summary>Counts the connections that outlive their requests; null where none may.</summary>
    public OutlivingConnections? Outliving { get; init; }
}
