namespace RawWebSocket.Connections.Lifetime;

/// <summary>
/// Judges, once a heartbeat, whether a connection's time has run out: without a message, in all, or because its user's authentication has.
/// </summary>
/// <param name="options">Its limits.</param>
/// <param name="now">The timestamp.</param>
/// <param name="peersNow">The timestamp by the clock that peers are held to.</param>
internal struct Expiry(RawWebSocketOptions options, long now, long peersNow)
{
    // By which part of it this life is shorter than the longest.
    private readonly float _shortenedBy = (float)options.LifetimeJitter * Random.Shared.NextSingle();

    // Of a count, enough to see that it has changed.
    private uint _messages;
    private long _lastMessageAt = peersNow;

    /// <summary>When the connection began.</summary>
    public long BeganAt { get; } = now;

    /// <summary>The limit that has been reached; null while there is time.</summary>
    /// <param name="options">The same as at its beginning: it holds none, as every connection has an expiry.</param>
    /// <param name="authenticatedUntil">When the ticket expires, by the clock on the wall; null when there is none.</param>
    /// <param name="time">The clock.</param>
    /// <param name="now">The timestamp by the clock that peers are held to: a time without messages is theirs, a life is as long as it is.</param>
    /// <param name="messages">
    /// Counts messages, and the parts of those under way, in both directions. Only a change of it is looked for, so that a message costs no
    /// more than being counted.
    /// </param>
    /// <param name="isReceiving">Whether a message is under way, whose time has a limit of its own, or has come just now.</param>
    public WebSocketLimit? Judge(
        RawWebSocketOptions options, DateTimeOffset? authenticatedUntil, TimeProvider time, long now, long messages, bool isReceiving)
    {
        if ((uint)messages != _messages || isReceiving)
        {
            _messages = (uint)messages;
            _lastMessageAt = now;
        }

        if (authenticatedUntil is { } until && time.GetUtcNow() >= until)
        {
            return WebSocketLimit.Authentication;
        }

        return HasPassed(options.MaxLifetime, time.GetElapsedTime(BeganAt), _shortenedBy) ? WebSocketLimit.Lifetime
            : HasPassed(options.IdleTimeout, time.GetElapsedTime(_lastMessageAt, now)) ? WebSocketLimit.IdleTime
            : null;
    }

    private static bool HasPassed(TimeSpan limit, TimeSpan elapsed, float shortenedBy = 0) =>
        limit != Timeout.InfiniteTimeSpan && elapsed >= limit * (1 - shortenedBy);
}
