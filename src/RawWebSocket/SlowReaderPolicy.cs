namespace RawWebSocket;

/// <summary>
/// What happens to a post or broadcast for a peer that has <see cref="RawWebSocketOptions.MaxQueuedBytes"/> waiting already. Sends that are
/// awaited wait instead, whatever this says.
/// </summary>
public enum SlowReaderPolicy
{
    /// <summary>The connection is aborted.</summary>
    Close,

    /// <summary>
    /// The new message is dropped: <see cref="PostResult.Dropped"/>. So is one
    /// that would replace a shorter one of its key, if the difference has no room.
    /// </summary>
    DropNewest,

    /// <summary>The posts and broadcasts that have waited longest are dropped until the new one has room.</summary>
    DropOldest,

    /// <summary>
    /// The new message waits as well, so nothing is lost: for senders that wait for <see cref="WebSocketConnection.DrainedAsync"/>
    /// themselves. Only <see cref="RawWebSocketServerOptions.MemoryBudget"/> still limits it.
    /// </summary>
    Wait,
}
