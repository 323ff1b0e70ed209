namespace RawWebSocket.Connections;

/// <summary>
/// How long a peer has been taking for one message or frame, looked at once a heartbeat. The receive loop only publishes a number for what
/// is unfinished, so the limit costs a message nothing.
/// </summary>
/// <remarks>Only there from one beat that finds something unfinished to one that does not.</remarks>
internal sealed class MessageClock(TimeProvider time, TimeSpan timeout)
{
    private long _unfinished;
    private long _lastLook;
    private TimeSpan _taken;

    /// <summary>Whether the peer has had its time.</summary>
    /// <param name="now">The timestamp.</param>
    /// <param name="unfinished">What has begun and is not finished; 0 for nothing.</param>
    /// <param name="wasHeldBack">Whether the peer was not being read in the meantime, which is not the peer's time.</param>
    public bool IsOver(long now, long unfinished, bool wasHeldBack)
    {
        var sinceLastLook = time.GetElapsedTime(_lastLook, now);
        _lastLook = now;
        if (unfinished == 0 || unfinished != _unfinished)
        {
            (_unfinished, _taken) = (unfinished, TimeSpan.Zero);
            return false;
        }

        _taken += wasHeldBack ? TimeSpan.Zero : sinceLastLook;
        return timeout != Timeout.InfiniteTimeSpan && _taken >= timeout;
    }
}
