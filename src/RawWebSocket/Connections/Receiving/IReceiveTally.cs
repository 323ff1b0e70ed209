namespace RawWebSocket.Connections.Receiving;

/// <summary>Counts what is received. Told on the receive loop's thread.</summary>
internal interface IReceiveTally
{
    /// <summary>A read has come back with so many new bytes.</summary>
    void OnReceived(long bytes);

    /// <summary>A part of a message has been handed over that does not end it.</summary>
    void OnPartReceived();

    /// <summary>Of what one read brought so many messages have ended, and have been handed over.</summary>
    void OnMessagesReceived(int count);

    /// <summary>A limit was reached that does not end the connection.</summary>
    void OnLimitReached(WebSocketLimit limit);
}
