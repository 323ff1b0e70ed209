namespace RawWebSocket.Connections;

/// <summary>Told by the send queue, under its lock, what it has written; must only count.</summary>
internal interface ISendQueueObserver
{
    void OnDataFrameSent(long bytes, bool endsMessage);

    void OnControlFrameSent(long bytes);

    /// <summary>Writing threw in the middle, so no further frame can follow. Called outside of the lock.</summary>
    void OnWriteFailed(Exception exception);

    /// <summary>A message could not be queued because too much waits already. Called outside of the lock.</summary>
    void OnSendQueueOverflow();
}
