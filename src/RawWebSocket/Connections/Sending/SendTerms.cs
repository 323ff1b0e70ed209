namespace RawWebSocket.Connections.Sending;

/// <summary>What holds for every <see cref="SendQueue"/> of an endpoint.</summary>
/// <param name="High">So many bytes of posts may wait.</param>
/// <param name="Low">When no more than so many bytes are left, the queue has drained.</param>
/// <param name="Policy">What happens to a post beyond <paramref name="High"/>.</param>
/// <param name="LongWrite">
/// How much of a message longer than <see cref="MessageWriter.Chunk"/> the output is given before it is flushed, in bytes.
/// </param>
internal sealed record SendTerms(long High, long Low, SlowReaderPolicy Policy, int LongWrite = MessageWriter.Chunk)
{
    /// <summary>The most that is of use, in bytes.</summary>
    public const int LongestWrite = 256 * 1024;

    public static SendTerms Of(RawWebSocketOptions options, int longWrite) =>
        new(options.MaxQueuedBytes, options.LowQueuedBytes ?? options.MaxQueuedBytes / 4, options.SlowReaderPolicy, longWrite);
}
