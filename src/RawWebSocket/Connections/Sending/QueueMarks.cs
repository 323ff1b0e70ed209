namespace RawWebSocket.Connections;

/// <summary>How much may wait in a <see cref="SendQueue"/> that nobody waits for, and what happens to more.</summary>
/// <param name="High">So many bytes of posts may wait.</param>
/// <param name="Low">When no more than so many bytes are left, the queue has drained.</param>
/// <param name="Policy">What happens to a post beyond <paramref name="High"/>.</param>
internal readonly record struct QueueMarks(long High, long Low, SlowReaderPolicy Policy)
{
    public static QueueMarks Of(RawWebSocketOptions options) =>
        new(options.MaxQueuedBytes, options.LowQueuedBytes ?? options.MaxQueuedBytes / 4, options.SlowReaderPolicy);
}
