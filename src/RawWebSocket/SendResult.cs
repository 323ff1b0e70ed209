namespace RawWebSocket;

/// <summary>What became of a message that was sent.</summary>
public enum SendResult
{
    /// <summary>
    /// The whole message has been written for the transport, in its order. It says nothing about the peer: the message may still be on its
    /// way. Inside of a callback that a received message has set going, it leaves with the callback's other messages, when the receive loop
    /// flushes them together. If it cannot leave after all, the connection ends, and <see cref="WebSocketClosure"/> says why.
    /// </summary>
    Sent,

    /// <summary>
    /// The peer does not get the whole message: the connection is closed or closing, or it ended while the message waited or left. An
    /// ordinary disconnect is a value, not an exception.
    /// </summary>
    Closed,
}
