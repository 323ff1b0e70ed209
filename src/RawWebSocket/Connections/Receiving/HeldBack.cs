namespace RawWebSocket.Connections.Receiving;

/// <summary>Whether a peer is being held back, for whoever judges its silence. Set by the receive loop; any thread may ask.</summary>
internal struct HeldBack
{
    private volatile bool _is;
    private volatile bool _was;

    /// <summary>Whether reading waits for the application, for memory, or because of a rate.</summary>
    public readonly bool IsNow => _is;

    /// <summary>Notes whether it is; true when that is new.</summary>
    public bool Set(bool holds)
    {
        if (holds == _is)
        {
            return false;
        }

        _was = true;
        _is = holds;
        return true;
    }

    /// <summary>Whether it is, or has been since this was last asked, so that its silence says nothing about it. For one who asks.</summary>
    public bool Take()
    {
        // In this order nothing falls between the two, because it is noted before the peer is read again.
        var isNow = _is;
        return (_was && Interlocked.Exchange(ref _was, false)) || isNow;
    }
}
