using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <content>Posts: frames that nobody waits for. How many may wait is for the marks to say.</content>
internal sealed partial class SendQueue
{
    // The high mark was exceeded and that was told; only posts add to what is posted, so it is enough to look at the low mark at the next.
    private bool _tooMuchQueued;

    private long PostedBytes => _backlog?.Waiting.PostedBytes ?? 0;

    /// <summary>Sends or queues a frame, without ever waiting.</summary>
    /// <param name="frame">The frame, perhaps of a broadcast.</param>
    /// <param name="key">A frame of the same key that still waits is replaced.</param>
    /// <param name="leave">How it leaves if it need not wait.</param>
    public PostResult Post(EncodedFrame frame, string? key = null, Leave leave = Leave.AtOnce)
    {
        try
        {
            return ResultOf(WriteOrQueuePost(frame, key, leave), leave);
        }
        catch (WriteFailedException failure)
        {
            Fail(failure.Cause);
            return PostResult.Closed;
        }
    }

    private Turn WriteOrQueuePost(EncodedFrame frame, string? key, Leave leave)
    {
        using (Enter())
        {
            if (IsClosing)
            {
                return Turn.Refused;
            }

            if (!IsFree || frame.Size > Chunk)
            {
                return QueuePost(frame, key);
            }

            if (!InBatch)
            {
                Prefer(leave);
            }

            WriteFrame(frame);
            return BatchOrHold();
        }
    }

    /// <summary>Sends or queues a message of one frame, without ever waiting. Its payload is copied; text must be UTF-8.</summary>
    public PostResult Post(
        Opcode opcode, ReadOnlySpan<byte> payload, string? key = null, MessageCompression messageCompression = MessageCompression.AsAgreed)
    {
        try
        {
            if (TryWriteInBatch(opcode, payload))
            {
                return PostResult.Queued;
            }

            if (payload.Length <= Chunk && !MayCompress(payload.Length, messageCompression)
                && TryWritePost(opcode, payload) is var turn and not Turn.Queued)
            {
                return ResultOf(turn, Leave.AtOnce);
            }
        }
        catch (WriteFailedException failure)
        {
            Fail(failure.Cause);
            return PostResult.Closed;
        }

        // Copied outside of the lock, however long it is.
        return Post(EncodedFrame.Of(opcode, payload, messageCompression), key);
    }

    /// <summary>As <see cref="Connection.Prefetch"/>. Without the lock: what is read does not matter.</summary>
    public long Prefetch() => _flushing + _output.Prefetch();

    // Queued when it has to be, which is left to the caller.
    private Turn TryWritePost(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        using (Enter())
        {
            if (IsClosing)
            {
                return Turn.Refused;
            }

            if (!IsFree)
            {
                return Turn.Queued;
            }

            WriteFrame(opcode, isFinal: true, payload);
            _unflushedMessages++;
            return LendOrHold();
        }
    }

    private PostResult ResultOf(Turn turn, Leave leave)
    {
        switch (turn)
        {
            case Turn.Written:
                FlushUnawaited(leave == Leave.AtOnce ? LeaveNow() : leave);
                return PostResult.Queued;
            case Turn.Batched:
                return PostResult.Queued;
            case Turn.Queued:
                Drain();
                return PostResult.Queued;
            case Turn.Dropped:
                return PostResult.Dropped;
            case Turn.HeldUpByPeer:
                observer.OnSendQueueOverflow(HeldUpBy.Peer);
                return PostResult.Closed;
            case Turn.HeldUpByApplication:
                observer.OnSendQueueOverflow(HeldUpBy.Application);
                return PostResult.Closed;
            default:
                return PostResult.Closed;
        }
    }

    private Turn QueuePost(EncodedFrame frame, string? key)
    {
        _tooMuchQueued &= PostedBytes > observer.Marks.Low;
        var same = _backlog?.Waiting.Find(key);
        var growth = frame.Size - (same?.Size ?? 0);
        if (Exceeds(growth, same))
        {
            switch (observer.Marks.Policy)
            {
                case SlowReaderPolicy.Close:
                    return _streaming && !_busy ? Turn.HeldUpByApplication : Turn.HeldUpByPeer;
                case SlowReaderPolicy.DropNewest:
                    TellTooMuchQueued();
                    observer.OnMessageDropped(DropReason.Newest);
                    return Turn.Dropped;
                case SlowReaderPolicy.DropOldest:
                    TellTooMuchQueued();
                    MakeRoom(growth, same);
                    break;
                default:
                    TellTooMuchQueued();
                    break;
            }
        }

        if (same is null)
        {
            Enqueue(new PendingPost(frame, key));
        }
        else
        {
            _backlog!.Waiting.Replace(same, frame, Memory);
            observer.OnMessageDropped(DropReason.Replaced);
        }

        // What was dropped or replaced may have been longer.
        SignalIfDrained();
        return Turn.Queued;
    }

    // One post always has room, however long: only a peer that lets posts pile up is too slow.
    private bool Exceeds(long growth, PendingPost? same) =>
        growth > 0 && PostedBytes + growth > observer.Marks.High && PostedBytes > (same?.Size ?? 0);

    private void MakeRoom(long growth, PendingPost? keep)
    {
        while (Exceeds(growth, keep))
        {
            var oldest = _backlog!.Waiting.OldestPost!;
            Discard(oldest == keep ? oldest.Newer! : oldest);
            observer.OnMessageDropped(DropReason.Oldest);
        }
    }

    private void TellTooMuchQueued()
    {
        if (!_tooMuchQueued)
        {
            _tooMuchQueued = true;
            observer.OnTooMuchQueued();
        }
    }
}
