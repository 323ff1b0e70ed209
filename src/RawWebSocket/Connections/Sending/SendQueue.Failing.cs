namespace RawWebSocket.Connections;

/// <content>Writes and flushes that throw: nothing may follow half a frame, so the connection ends with them.</content>
internal sealed partial class SendQueue
{
    // Called by whoever may write, before it lets go of the output: so nobody can write behind half a frame. Whoever catches what is
    // thrown calls Fail, once it has left the lock.
    private WriteFailedException Broken(Exception cause)
    {
        _stopped = true;
        return new WriteFailedException(cause);
    }

    // Ends all sends, and the connection with them.
    private SendResult Fail(Exception cause)
    {
        using (Enter())
        {
            Stop();
        }

        observer.OnWriteFailed(cause);
        return SendResult.Closed;
    }

    // A transport that has ended under a write is an ordinary disconnect: a value, whatever it throws. After any other failure nobody
    // knows how much has left, so the connection must not live on either.
    private SendResult ResultOf(Exception flushFailure)
    {
        if (observer.IsLost || Transport.IsDisconnect(flushFailure))
        {
            observer.OnTransportLost();
        }
        else
        {
            observer.OnWriteFailed(flushFailure);
        }

        return SendResult.Closed;
    }
}
