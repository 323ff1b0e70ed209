using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Rates;

/// <summary>How fast the peers of one endpoint may send, each for itself or as the application's own limiters say.</summary>
internal sealed class EndpointRates(RawWebSocketOptions options) : IDisposable
{
    public RateLimit? Messages { get; } = (options.MessageRateLimiter, options.MaxMessagesPerSecond) switch
    {
        ({ } limiter, _) => new RateLimit(limiter, ProtocolFault.TooManyMessages),
        (_, { } perSecond) => new RateLimit(perSecond, ProtocolFault.TooManyMessages),
        _ => null,
    };

    public RateLimit? Bytes { get; } = (options.ByteRateLimiter, options.MaxBytesPerSecond) switch
    {
        ({ } limiter, _) => new RateLimit(limiter, ProtocolFault.TooManyBytes),
        (_, { } perSecond) => new RateLimit(perSecond, ProtocolFault.TooManyBytes),
        _ => null,
    };

    public RateLimitAction Action => options.RateLimitAction;

    public bool HasNone => Messages is null && Bytes is null;

    public void Dispose()
    {
        Messages?.Dispose();
        Bytes?.Dispose();
    }
}
