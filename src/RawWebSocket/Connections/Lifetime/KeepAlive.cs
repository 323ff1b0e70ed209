namespace RawWebSocket.Connections.Lifetime;

/// <summary>
/// Judges a peer's silence, once a heartbeat. The receive loop only notes that something was heard, so keep-alive costs a message nothing.
/// </summary>
internal struct KeepAlive(long now)
{
    private long _lastHeard = now;
    private long _pingedAt;
    private bool _pinged;
    private bool _awaitsPong;

    public enum Verdict
    {
        Fine,
        Ping,
        Dead,
    }

    /// <summary>Set by the receive loop whenever a byte arrives: any byte counts as life.</summary>
    public bool Heard { get; set; }

    /// <summary>
    /// A pong without payload has come, as it does in answer to a keep-alive ping: the round-trip time, or null when none was awaited.
    /// </summary>
    /// <param name="time">The clock.</param>
    /// <param name="now">The timestamp by the clock that <see cref="Judge"/> is given.</param>
    public TimeSpan? OnPong(TimeProvider time, long now)
    {
        if (!_awaitsPong)
        {
            return null;
        }

        _awaitsPong = false;
        return time.GetElapsedTime(_pingedAt, now);
    }

    /// <param name="options">How long silence may last.</param>
    /// <param name="time">The clock.</param>
    /// <param name="now">Its timestamp.</param>
    public Verdict Judge(RawWebSocketOptions options, TimeProvider time, long now)
    {
        if (Heard)
        {
            Heard = false;
            _pinged = false;
            _lastHeard = now;
        }

        if (_pinged)
        {
            return time.GetElapsedTime(_pingedAt, now) >= options.KeepAliveTimeout ? Verdict.Dead : Verdict.Fine;
        }

        if (options.KeepAliveInterval == Timeout.InfiniteTimeSpan || time.GetElapsedTime(_lastHeard, now) < options.KeepAliveInterval)
        {
            return Verdict.Fine;
        }

        _pinged = _awaitsPong = true;
        _pingedAt = now;
        return Verdict.Ping;
    }
}
