namespace RawWebSocket.Connections.Timing;

/// <summary>
/// Tells when one and the same thing, such as a message that arrives or a flush, has been under way for too long. Looked at once a
/// heartbeat: who is at it only publishes a number for what is under way, so the limit costs a message nothing.
/// </summary>
internal struct OverdueClock
{
    private long _underWay;
    private long _lastLook;
    private TimeSpan _taken;

    /// <summary>Whether the peer has had its time.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="now">Its timestamp.</param>
    /// <param name="underWay">What has begun and is not finished; 0 for nothing.</param>
    /// <param name="timeout">How long that may take.</param>
    /// <param name="wasHeldBack">Whether the peer was not being read in the meantime, which is not the peer's time.</param>
    public bool IsOver(TimeProvider time, long now, long underWay, TimeSpan timeout, bool wasHeldBack = false)
    {
        var sinceLastLook = time.GetElapsedTime(_lastLook, now);
        _lastLook = now;
        if (underWay == 0 || underWay != _underWay)
        {
            (_underWay, _taken) = (underWay, TimeSpan.Zero);
            return false;
        }

        _taken += wasHeldBack ? TimeSpan.Zero : sinceLastLook;
        return timeout != Timeout.InfiniteTimeSpan && _taken >= timeout;
    }
}
