namespace RawWebSocket.Connections.Receiving;

/// <summary>An application that is given its messages instead of asking for them.</summary>
internal interface IMessageHandler
{
    /// <summary>Deals with a message. An exception may be thrown or be the task's.</summary>
    ValueTask HandleAsync(WebSocketMessage message);

    /// <summary>Goes on after a wait: with what was begun, with what is there to be taken, or to the end.</summary>
    void Resume();
}
