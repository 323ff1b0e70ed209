namespace RawWebSocket.Tuning;

/// <summary>How a host was tuned; one of its services.</summary>
internal sealed record HostTuning(RawWebSocketTuningOptions Options, bool InlineCompletionsCameTooLate)
{
    /// <summary>Whether endpoints may run on threads of which there are only a few.</summary>
    public bool WatchesEndpoints => Options.InlineScheduling && Options.BlockingTime != Timeout.InfiniteTimeSpan;
}
