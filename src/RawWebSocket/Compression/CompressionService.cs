using RawWebSocket.Protocol;

namespace RawWebSocket.Compression;

/// <summary>What the connections of a process share for compression, and what each gets of it.</summary>
internal sealed class CompressionService(MemoryBudget budget, TimeProvider time)
{
    // Of the budget, so much for compressors that connections keep to themselves, at what one takes with the default settings.
    private const long PartOfBudget = 4;
    private const long CompressorBytes = 256 * 1024;
    private const int MostAttached = 4096;
    private static readonly TimeSpan BetweenTrims = TimeSpan.FromSeconds(5);

    private readonly ZlibPools _pools = new((int)Math.Clamp(budget.Limit / PartOfBudget / CompressorBytes, 1, MostAttached));

    private long _trimmedAt = time.GetTimestamp();

    /// <summary>How a connection's messages are compressed.</summary>
    public OutgoingCompression Outgoing(DeflateAgreement agreement, RawWebSocketCompressionOptions options, IMemoryAccount memory)
    {
        var settings = DeflateSettings.Of(options, agreement.ServerWindowBits);
        var mayTakeOver = !agreement.ServerNoContextTakeover;
        return options.Mode switch
        {
            WebSocketCompressionMode.Adaptive =>
                new AdaptiveCompression(_pools, settings, mayTakeOver, options.MinimumSavedBytesPerSecond, memory, time)
                {
                    MinimumSize = options.MinimumSize,
                },
            WebSocketCompressionMode.Dedicated when mayTakeOver =>
                new DedicatedCompression(_pools, settings, memory, time) { MinimumSize = options.MinimumSize },
            _ => new SharedCompression(_pools, settings) { MinimumSize = options.MinimumSize },
        };
    }

    /// <summary>How a connection's messages are decompressed.</summary>
    public IncomingCompression Incoming(DeflateAgreement agreement, RawWebSocketCompressionOptions options, IMemoryAccount memory) =>
        new(_pools, agreement, options.MaxRatio, memory, time);

    /// <summary>Frees what has not been used for some seconds. Called at every beat.</summary>
    public void Trim()
    {
        var now = time.GetTimestamp();
        if (time.GetElapsedTime(_trimmedAt, now) >= BetweenTrims)
        {
            _trimmedAt = now;
            _pools.Trim();
        }
    }
}
