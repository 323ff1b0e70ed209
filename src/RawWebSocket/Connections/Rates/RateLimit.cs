using System.Threading.RateLimiting;
using RawWebSocket.Connections.Timing;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Rates;

/// <summary>
/// One rate of an endpoint: the application's own limiter, or a token bucket for each connection. A limiter costs a lock or two at each
/// use, so of a bucket of its own a connection buys a part in advance, and then counts for itself.
/// </summary>
internal sealed class RateLimit : IDisposable
{
    // Of what a second allows. The smaller, the more often a connection goes to its bucket; the larger, the more is lost when it goes idle.
    private const int Chunks = 16;

    // How much an application's own limiter allows is not known; this is a compromise between what it costs to ask and how late.
    private const int MessagesOfOwn = 16;
    private const int BytesOfOwn = 64 * 1024;

    private readonly Lazy<PartitionedRateLimiter<WebSocketConnection>> _limiter;
    private readonly bool _isOwn;

    /// <param name="limiter">The application's own, which it also disposes.</param>
    /// <param name="fault">What a peer that exceeds the rate is failed with, if it is not held back.</param>
    public RateLimit(PartitionedRateLimiter<WebSocketConnection> limiter, ProtocolFault fault)
    {
        _limiter = new(limiter);
        Fault = fault;
        LargestPart = int.MaxValue;
        Batch = fault == ProtocolFault.TooManyMessages ? MessagesOfOwn : BytesOfOwn;
    }

    /// <param name="perSecond">How much each connection may send in a second.</param>
    /// <param name="fault">What a peer that exceeds the rate is failed with, if it is not held back.</param>
    public RateLimit(int perSecond, ProtocolFault fault)
    {
        // What is bought in advance is part of the burst, so the bucket holds that much less.
        Chunk = perSecond / Chunks;
        LargestPart = perSecond - Chunk;
        Batch = Math.Max(1, Chunk);
        Fault = fault;
        _isOwn = true;
        _limiter = new(() => Ambient.Without(this, limit => limit.MakeLimiter(perSecond)));
    }

    /// <summary>Made at its first use, because it keeps a timer.</summary>
    public PartitionedRateLimiter<WebSocketConnection> Limiter => _limiter.Value;

    public ProtocolFault Fault { get; }

    /// <summary>How much is bought in advance, and what a connection begins with.</summary>
    public int Chunk { get; }

    /// <summary>How much may be dealt with before it is paid for.</summary>
    public int Batch { get; }

    /// <summary>The most that may be asked for at once; unknown, and found out, of the application's own limiter.</summary>
    public int LargestPart { get; }

    public void Dispose()
    {
        if (_isOwn && _limiter.IsValueCreated)
        {
            _limiter.Value.Dispose();
        }
    }

    private PartitionedRateLimiter<WebSocketConnection> MakeLimiter(int perSecond) =>
        PartitionedRateLimiter.Create<WebSocketConnection, WebSocketConnection>(
            connection => RateLimitPartition.GetTokenBucketLimiter(connection, _ => Bucket(perSecond)));

    // A connection has one read at a time, so never more than one part of it waits.
    private TokenBucketRateLimiterOptions Bucket(int perSecond) => new()
    {
        TokenLimit = LargestPart,
        TokensPerPeriod = perSecond,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        QueueLimit = LargestPart,
    };
}
