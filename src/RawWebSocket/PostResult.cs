namespace RawWebSocket;

/// <summary>What became of a message that was posted.</summary>
public enum PostResult
{
    /// <summary>The message was handed to the transport or waits for it. The connection may still end before it leaves.</summary>
    Queued,

    /// <summary>
    /// The message is not sent, because the peer is too slow and <see cref="RawWebSocketOptions.SlowReaderPolicy"/> is
    /// <see cref="SlowReaderPolicy.DropNewest"/>.
    /// </summary>
    Dropped,

    /// <summary>The message is not sent: the connection is closed or closing, or was aborted now for its slow reader.</summary>
    Closed,
}
