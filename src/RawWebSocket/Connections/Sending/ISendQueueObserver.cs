using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <summary>
/// Told by the send queue, under its lock, what it has written; must only count. And asked, now and then, for what every queue of an
/// endpoint has in common, so that it need not hold that itself.
/// </summary>
internal interface ISendQueueObserver
{
    /// <summary>Charged for what waits.</summary>
    IMemoryAccount Memory { get; }

    /// <summary>How much may wait that nobody waits for.</summary>
    QueueMarks Marks { get; }

    /// <summary>
    /// How much of a message longer than <see cref="SendQueue.Chunk"/> the transport is given before it is flushed, in bytes.
    /// </summary>
    int LongWrite { get; }

    /// <summary>Whether the transport sends on the thread that flushes.</summary>
    bool SendsInline { get; }

    /// <summary>Whether the transport has ended: over a stream, writes to it go on to succeed.</summary>
    bool IsLost { get; }

    /// <summary>Frames are flushed now.</summary>
    /// <param name="bytes">How many bytes they have, headers included.</param>
    /// <param name="messages">How many messages end in them.</param>
    void OnSent(long bytes, int messages);

    /// <summary>A fragment has been written that does not end its message.</summary>
    void OnPartSent();

    /// <summary>
    /// Writing threw, so part of a frame may have been written and no further frame can follow: the connection must be aborted. Called
    /// outside of the lock.
    /// </summary>
    void OnWriteFailed(Exception exception);

    /// <summary>A flush found that the transport takes nothing any more. Called outside of the lock.</summary>
    void OnTransportLost();

    /// <summary>More waits than may, and neither is it dropped nor does the connection end. Told once until it has drained.</summary>
    void OnTooMuchQueued();

    /// <summary>A post is not sent because too much waits, or because a newer one takes its place.</summary>
    /// <param name="reason">A <see cref="DropReason"/>.</param>
    void OnMessageDropped(string reason);

    /// <summary>A post could not be queued because too much waits already. Called outside of the lock.</summary>
    /// <param name="heldUpBy">What it waits for.</param>
    void OnSendQueueOverflow(HeldUpBy heldUpBy);
}
