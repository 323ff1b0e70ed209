using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Extensions.Logging;

namespace RawWebSocket.Transport.Connections;

/// <summary>What all connections of a host have in common. The first logger is for single connections, the other for all else.</summary>
internal sealed record ConnectionSettings(RawWebSocketTransportOptions Options, MemoryPool<byte> Pool, ILogger Logger, ILogger HostLogger)
{
    /// <summary>
    /// Where a new connection runs what waits for it. The pool by default: an application may block a thread, and the loop's serves others.
    /// </summary>
    public PipeScheduler Scheduler => Options.UnsafePreferInlineScheduling ? PipeScheduler.Inline : PipeScheduler.ThreadPool;
}
