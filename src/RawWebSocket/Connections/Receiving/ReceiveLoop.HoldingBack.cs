using System.Buffers;

namespace RawWebSocket.Connections.Receiving;

/// <content>Whether the peer is being held back, for whoever judges its silence.</content>
internal sealed partial class ReceiveLoop
{
    private volatile bool _isHeldBack;
    private volatile bool _wasHeldBack;

    /// <summary>Whether the peer is being held back: reading waits for the application, or because of a rate.</summary>
    public bool IsHeldBack => _isHeldBack;

    /// <summary>
    /// Whether the peer is being held back, or has been since this was last asked, so that its silence says nothing about it. For one who
    /// asks.
    /// </summary>
    public bool TakeHeldBack()
    {
        // In this order nothing falls between the two, because it is noted before the peer is read again.
        var isHeldBack = _isHeldBack;
        return (_wasHeldBack && Interlocked.Exchange(ref _wasHeldBack, false)) || isHeldBack;
    }

    private bool HoldBack(bool holds)
    {
        if (holds != _isHeldBack)
        {
            _wasHeldBack = true;
            _isHeldBack = holds;
            owner.OnHeldBack(holds);
        }

        return holds;
    }

    // The application is behind: it has as much waiting as it may, or it has not said how it wants the message that begins.
    private bool MustWait(in ReadOnlySequence<byte> unread) =>
        HoldBack(!owner.IsAborted && (_leftUnread || _intake!.AwaitsDecision || KeepsTooMuch(unread)));
}
