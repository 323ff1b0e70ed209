namespace RawWebSocket;

/// <summary>What became of a message that was posted.</summary>
public enum PostResult
{
    /// <summary>The message was handed to the transport or waits for it. That it leaves is not sure: the connection may end first.</summary>
    Queued,

    /// <summary>
    /// The message is not sent, because the peer is too slow and <see cref="RawWebSocketOptions.SlowReaderPolicy"/> is
    /// <see cref="SlowReaderPolicy.DropNewest"/>.
    /// </summary>
    Dropped,

    /// <summary>The message is not sent: the connection is closed or closing, or was aborted just now because the peer is too slow.</summary>
    Closed,
}
