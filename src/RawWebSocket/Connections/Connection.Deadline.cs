using RawWebSocket.Connections.Lifetime;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <content>By when the present step of closing must be done, and what happens when it is not.</content>
internal sealed partial class Connection
{
    private void CheckDeadline(long now)
    {
        InterruptStalledMessage(now);
        if (_ending?.Deadline is not { } deadline)
        {
            return;
        }

        if (deadline.HasPassed)
        {
            // Who has given up on the answer lets the loop end with a FIN, unless it does not.
            if (IsAborted && !HasLoopEnded
                && (_ending.GaveUpAt is not { } gaveUpAt || Shared.Time.GetElapsedTime(gaveUpAt, now) >= Options.CloseTimeout))
            {
                EndWithoutLoop();
            }

            return;
        }

        if (deadline.AwaitsDelivery && IsUnderWay(now))
        {
            deadline.StartedAt = now;
        }

        var elapsed = Shared.Time.GetElapsedTime(deadline.StartedAt, now);
        if (elapsed >= Options.CloseTimeout / 2)
        {
            // What was sent before leaves first, but not so long that the close frame would have no time left.
            _sends.Controls.HurryClose();
        }

        // The peer's close frame may wait unread; but a handler that blocks the loop's thread does not put the end off.
        if (elapsed < Options.CloseTimeout
            || (!_loop.IsInBatch && !_loop.IsHeldBack && !IsAborted && !MayBlame(LastLook.ForClose)))
        {
            return;
        }

        Pass(deadline);
    }

    private void Pass(Deadline deadline)
    {
        deadline.HasPassed = true;

        // Seen by whoever takes the signal below.
        Interlocked.MemoryBarrier();
        if (IsCompleted)
        {
            // Closed, but the application has not come to its end, and the server ends TCP only after it. The peer need not wait for that.
            DropTransport();
        }
        else if (deadline is { AbortReason: { } given, AwaitsDelivery: true } && _sends.Controls.WrittenClose is not null
            && _transport.UntakenBytes(Gate) == 0)
        {
            GiveUp(given);
        }
        else if (deadline.AbortReason is { } reason)
        {
            Abort(reason, ReferenceEquals(reason, NoCloseFrame) ? null : WebSocketLimit.CloseTime);
        }

        _received.SignalChange();
    }

    // The system still sends what came before the close frame, to a peer that takes it: its time to answer has not begun.
    private bool IsUnderWay(long now)
    {
        var patience = Options.SendTimeout > Options.CloseTimeout ? Options.SendTimeout : Options.CloseTimeout;
        switch (End.Delivery.Judge(Shared.Time, now, _transport.UntakenBytes(Gate), patience))
        {
            case DeliveryClock.Verdict.UnderWay:
                return true;
            case DeliveryClock.Verdict.Stuck when !IsCompleted:
                Abort(
                    $"The peer took too little of what was sent before the close: nothing for {patience.TotalSeconds:0.###} s, or less "
                    + "than 64 KiB in each such time.",
                    WebSocketLimit.SendTime);
                return false;
            default:
                return false;
        }
    }

    // The peer's side has all that was sent, the close frame with it, though the peer may not have read it yet. A reset could take that
    // away from it again. So the connection ends as if the transport had, and the server ends TCP with a FIN.
    private void GiveUp(string reason)
    {
        var lost = new WebSocketClosure(WebSocketClosure.Abnormal, reason, ClosedBy.Transport) { Limit = WebSocketLimit.CloseTime };
        if (IsAborted)
        {
            return;
        }

        // First, for whoever sees the other.
        End.GaveUpAt = PeersNow;
        if (Interlocked.CompareExchange(ref End.Abort, lost, null) is not null)
        {
            End.GaveUpAt = null;
        }
        else
        {
            CountLimit(WebSocketLimit.CloseTime);
            TurnLoop();
            TripClosed();
            if (_loop.IsInBatch)
            {
                // The application may block the loop's thread and wait there for this very end. It need not wait for TCP's.
                EndApplication();
            }
        }
    }

    // Completed it is at once when the application's end was not left to the loop; then the loop, if blocked, still has TCP to end.
    private bool HasLoopEnded => IsCompleted && !(HasGivenUp && _loop.IsInBatch && !_transport.Lost.IsCancellationRequested);

    // A close waits for a message in fragments to be finished, but not for ever on a source that gives nothing more.
    private void InterruptStalledMessage(long now)
    {
        if (_ending is not { OwnClose: { } own } ending)
        {
            return;
        }

        if (_sends.Controls.WrittenClose is not null || !_sends.Fragments.AreAwaited || _traffic.PartsSent != ending.StalledAtPart)
        {
            ending.StalledAtPart = _traffic.PartsSent;
            ending.StalledSince = now;
        }
        else if (Shared.Time.GetElapsedTime(ending.StalledSince, now) >= Options.CloseTimeout)
        {
            _ = _sends.Controls.CloseAsync(new ClosePayload(own.Code, own.Reason), StreamedMessage.IsInterrupted);
        }
    }

    private Deadline StartDeadline(string? abortReason, bool awaitsDelivery = false) =>
        End.Deadline = new Deadline(PeersNow, abortReason) { AwaitsDelivery = awaitsDelivery };
}
