namespace RawWebSocket;

/// <summary>What became of a message that was sent.</summary>
public enum SendResult
{
    /// <summary>The message was handed whole to the transport, in its order.</summary>
    Sent,

    /// <summary>Nothing was sent: the connection is closed or closing. An ordinary disconnect is a value, not an exception.</summary>
    Closed,
}
