namespace RawWebSocket.Tuning;

/// <summary>How a host was tuned; one of its services.</summary>
internal sealed record HostTuning(RawWebSocketTuningOptions Options, bool InlineCompletionsCameTooLate)
{
    private const int MostPerWrite = 256 * 1024;

    // So many blocks go into one system call: fewer and longer calls cost less, and a slow reader has that much waiting in the transport.
    private const int BlocksPerWrite = 4;

    /// <summary>How much of a long message is written at once, in bytes.</summary>
    public int LongWrite => Math.Min(BlocksPerWrite * Options.BlockSize, MostPerWrite);

    /// <summary>Whether endpoints may run on threads of which there are only a few.</summary>
    public bool WatchesEndpoints => Options.InlineScheduling && Options.BlockingTime != Timeout.InfiniteTimeSpan;
}
