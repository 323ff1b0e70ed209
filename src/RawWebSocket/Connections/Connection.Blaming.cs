using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <content>
/// The last look before a peer is blamed for what has not come from it. Its time may be over only because this side has not looked: what it
/// sent can wait in the socket, or for a thread.
/// </content>
internal sealed partial class Connection
{
    private LastLook _lastLook;
    private bool _isOverdue;

    private enum LastLook : byte
    {
        /// <summary>The receive loop does not read, not yet or not any more: there is nothing to look at.</summary>
        IsImpossible,

        /// <summary>The peer is in time.</summary>
        IsNotNeeded,

        /// <summary>The loop has looked.</summary>
        IsTaken,

        /// <summary>The loop has been asked to look, because the peer was silent.</summary>
        ForSilence,

        /// <summary>The same because its message was not complete.</summary>
        ForMessage,

        /// <summary>The same because its close frame had not come.</summary>
        ForClose,
    }

    // From any time on the peer's, which begins anew with whatever finds it in time.
    private long PeersNow => Shared.Open.Peers.Now;

    /// <summary>
    /// Whether the peer may be blamed now. If the loop has not looked yet it is asked to, and it blames the peer itself when it finds nothing.
    /// </summary>
    private bool MayBlame(LastLook what)
    {
        _isOverdue = true;
        if (what == LastLook.ForSilence && _transport.HasUnreadInput(Gate))
        {
            // Whoever should have read it could not, so the peer is as good as heard.
            _keepAlive.Heard = true;
            return false;
        }

        // Compared, because the loop may end at any time, after which it looks no more.
        if (Interlocked.CompareExchange(ref _lastLook, what, LastLook.IsNotNeeded) == LastLook.IsNotNeeded)
        {
            TurnLoop();
        }

        return _lastLook is LastLook.IsTaken or LastLook.IsImpossible;
    }

    // At the end of each beat.
    private void ForgetLastLook()
    {
        var seen = _lastLook;
        if (!_isOverdue && seen != LastLook.IsImpossible)
        {
            Interlocked.CompareExchange(ref _lastLook, LastLook.IsNotNeeded, seen);
        }

        _isOverdue = false;
    }

    // On the loop's thread, when a read has come back that was asked for.
    private void OnLooked(long bytes)
    {
        var what = _lastLook;
        _lastLook = LastLook.IsTaken;
        if (bytes > 0)
        {
            return;
        }

        switch (what)
        {
            case LastLook.ForSilence:
                AbortSilent();
                break;
            case LastLook.ForMessage when _loop.Unfinished != 0 && !_sends.Controls.HasClose:
                StartClose(ProtocolFault.MessageTooSlow);
                break;
            case LastLook.ForClose when _ending?.Deadline is { HasPassed: false } deadline:
                Pass(deadline);
                break;
        }
    }

    private void AbortSilent() => Abort(
        $"The peer was silent for {Options.KeepAliveTimeout.TotalSeconds:0.###} s after a keep-alive ping.", WebSocketLimit.KeepAlive);
}
