using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Sending;

/// <summary>What becomes of a post that has to wait.</summary>
internal enum PostVerdict
{
    /// <summary>It waits.</summary>
    Waits,

    /// <summary>It is dropped, and the connection lives on.</summary>
    Dropped,

    /// <summary>Too much waits: the connection ends.</summary>
    EndsConnection,
}

/// <summary>
/// Judges posts that have to wait by the marks and the <see cref="SlowReaderPolicy"/>. One post always has room, however long: only a peer
/// that lets posts pile up is too slow.
/// </summary>
/// <remarks>Used under the queue's lock.</remarks>
internal struct SlowReaderGuard
{
    // Only posts add to what is posted, so it is enough to look at the low mark when the next one comes.
    private bool _told;

    /// <summary>Judges a post, and drops others for it if the policy wants that.</summary>
    /// <param name="backlog">What waits.</param>
    /// <param name="frame">The post's frame.</param>
    /// <param name="same">The post of the same key that still waits, whose place it takes; null for none.</param>
    /// <param name="terms">The marks and the policy.</param>
    /// <param name="tally">Told what is dropped.</param>
    public PostVerdict Judge(Backlog backlog, EncodedFrame frame, PendingPost? same, SendTerms terms, ISendTally tally)
    {
        var posted = backlog.Waiting.PostedBytes;
        _told &= posted > terms.Low;
        if (!Exceeds(backlog, frame, same, terms))
        {
            return PostVerdict.Waits;
        }

        if (terms.Policy == SlowReaderPolicy.Close)
        {
            return PostVerdict.EndsConnection;
        }

        TellOnce(tally);
        if (terms.Policy == SlowReaderPolicy.DropNewest)
        {
            tally.OnMessageDropped(DropReason.Newest);
            return PostVerdict.Dropped;
        }

        while (terms.Policy == SlowReaderPolicy.DropOldest && Exceeds(backlog, frame, same, terms))
        {
            var oldest = backlog.Waiting.OldestPost!;
            backlog.Discard(oldest == same ? oldest.Newer! : oldest);
            tally.OnMessageDropped(DropReason.Oldest);
        }

        return PostVerdict.Waits;
    }

    private static bool Exceeds(Backlog backlog, EncodedFrame frame, PendingPost? same, SendTerms terms)
    {
        var (posted, replaced) = (backlog.Waiting.PostedBytes, same?.Size ?? 0);
        var growth = frame.Size - replaced;
        return growth > 0 && posted + growth > terms.High && posted > replaced;
    }

    private void TellOnce(ISendTally tally)
    {
        if (!_told)
        {
            _told = true;
            tally.OnTooMuchQueued();
        }
    }
}
