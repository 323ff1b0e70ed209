namespace RawWebSocket.Connections.Sending;

/// <summary>Whose output it is: told, outside of the send queue's lock, when nothing more can be sent.</summary>
internal interface IOutputOwner
{
    /// <summary>Whether the transport has ended: over a stream, writes to it go on to succeed.</summary>
    bool IsLost { get; }

    /// <summary>
    /// Writing threw, so part of a frame may have been written and no further frame can follow: the connection must be aborted.
    /// </summary>
    void OnWriteFailed(Exception exception);

    /// <summary>A flush found that the transport takes nothing any more.</summary>
    void OnTransportLost();

    /// <summary>
    /// A flush threw. Either the transport has ended, which is an ordinary disconnect, or nobody knows how much has left: then the
    /// connection must be aborted.
    /// </summary>
    void OnFlushFailed(Exception exception);

    /// <summary>A post could not be queued because too much waits already, so the connection must be aborted.</summary>
    /// <param name="heldUpBy">What it waits for.</param>
    void OnSendQueueOverflow(HeldUpBy heldUpBy);
}
