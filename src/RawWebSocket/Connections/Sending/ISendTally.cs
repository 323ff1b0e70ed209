namespace RawWebSocket.Connections.Sending;

/// <summary>Counts what is sent. Called under the send queue's lock: it must only count, and not call back.</summary>
internal interface ISendTally
{
    /// <summary>Frames are flushed now.</summary>
    /// <param name="bytes">How many bytes they have, headers included.</param>
    /// <param name="messages">How many messages end in them.</param>
    void OnSent(long bytes, int messages);

    /// <summary>A fragment has been written that does not end its message.</summary>
    void OnPartSent();

    /// <summary>A post is not sent because too much waits, or because a newer one takes its place.</summary>
    /// <param name="reason">A <see cref="DropReason"/>.</param>
    void OnMessageDropped(string reason);

    /// <summary>More waits than may, and neither is it dropped nor does the connection end. Told once until it has drained.</summary>
    void OnTooMuchQueued();
}
