using System.Buffers;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Sending;

/// <summary>Sends messages of one frame, awaited or posted.</summary>
/// <param name="queue">The connection's queue.</param>
internal readonly struct MessageSender(SendQueue queue)
{
    /// <summary>Sends a message. Completes when the transport has taken it and has room for more.</summary>
    public ValueTask<SendResult> SendAsync(
        Opcode opcode,
        in ReadOnlySequence<byte> payload,
        CancellationToken cancellationToken,
        MessageCompression compression = MessageCompression.AsAgreed)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<SendResult>(cancellationToken);
        }

        PendingSend? pending = null;
        try
        {
            lock (queue)
            {
                if (queue.IsClosing)
                {
                    return new(SendResult.Closed);
                }

                if (!queue.IsFree || payload.Length > MessageWriter.Chunk)
                {
                    var send = new PendingSend(PendingKind.Frame, opcode, payload) { Compression = compression };
                    pending = queue.Enqueue(send, cancellationToken);
                }
                else
                {
                    queue.Writer.Write(opcode, payload, compression);
                    if (!queue.TryHold())
                    {
                        return new(SendResult.Sent);
                    }
                }
            }
        }
        catch (WriteFailedException failure)
        {
            return new(queue.Fail(failure));
        }

        if (pending is null)
        {
            return queue.Pump.FlushAsync();
        }

        queue.Drain();
        return new(pending.Task);
    }

    /// <summary>Sends or queues a message, without ever waiting. Its payload is copied; text must be UTF-8.</summary>
    /// <param name="opcode">Text or binary.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="key">A post of the same key that still waits is replaced.</param>
    /// <param name="compression">Whether it may be compressed.</param>
    public PostResult Post(
        Opcode opcode, ReadOnlySpan<byte> payload, string? key = null, MessageCompression compression = MessageCompression.AsAgreed)
    {
        if (payload.Length <= MessageWriter.Chunk && !queue.Writer.MayCompress(payload.Length, compression))
        {
            var step = Step.Waits;
            try
            {
                lock (queue)
                {
                    if (queue.IsClosing)
                    {
                        return PostResult.Closed;
                    }

                    if (queue.IsFree)
                    {
                        queue.Writer.WritePlain(opcode, payload);
                        step = StepAfterWriting();
                    }
                }
            }
            catch (WriteFailedException failure)
            {
                queue.Fail(failure);
                return PostResult.Closed;
            }

            if (step != Step.Waits)
            {
                return Finish(step);
            }
        }

        // Copied outside of the lock, however long it is.
        return Post(EncodedFrame.Of(opcode, payload, compression), key);
    }

    /// <summary>Sends or queues a frame, without ever waiting.</summary>
    /// <param name="frame">The frame, perhaps of a broadcast.</param>
    /// <param name="key">A post of the same key that still waits is replaced.</param>
    public PostResult Post(EncodedFrame frame, string? key = null)
    {
        Step step;
        try
        {
            lock (queue)
            {
                step = queue.IsClosing ? Step.Refused
                    : queue.IsFree && frame.Size <= MessageWriter.Chunk ? Write(frame)
                    : LetWait(frame, key);
            }
        }
        catch (WriteFailedException failure)
        {
            queue.Fail(failure);
            return PostResult.Closed;
        }

        return Finish(step);
    }

    private Step Write(EncodedFrame frame)
    {
        queue.Writer.Write(frame);
        return StepAfterWriting();
    }

    private Step StepAfterWriting() => queue.TryHold() ? Step.Written : Step.Batched;

    private Step LetWait(EncodedFrame frame, string? key)
    {
        var backlog = queue.Order.Kept;
        var same = backlog.Waiting.Find(key);
        switch (queue.Guard.Judge(backlog, frame, same, queue.Terms, queue.Writer.Tally))
        {
            case PostVerdict.Dropped:
                return Step.Dropped;
            case PostVerdict.EndsConnection:
                return !queue.Pump.IsHeld && queue.Order.IsStreaming ? Step.HeldUpByApplication : Step.HeldUpByPeer;
        }

        if (same is null)
        {
            backlog.Add(new PendingPost(frame, key));
        }
        else
        {
            backlog.Replace(same, frame);
            queue.Writer.Tally.OnMessageDropped(DropReason.Replaced);
        }

        // What was dropped or replaced may have been longer.
        queue.Drainage.TellIfDrained();
        return Step.Waits;
    }

    private PostResult Finish(Step step)
    {
        switch (step)
        {
            case Step.Written:
                queue.Pump.Flush();
                return PostResult.Queued;
            case Step.Batched:
                return PostResult.Queued;
            case Step.Waits:
                queue.Drain();
                return PostResult.Queued;
            case Step.Dropped:
                return PostResult.Dropped;
            case Step.HeldUpByPeer:
                queue.Owner.OnSendQueueOverflow(HeldUpBy.Peer);
                return PostResult.Closed;
            case Step.HeldUpByApplication:
                queue.Owner.OnSendQueueOverflow(HeldUpBy.Application);
                return PostResult.Closed;
            default:
                return PostResult.Closed;
        }
    }

    /// <summary>What has become of a post under the lock, and what is to be done outside of it.</summary>
    private enum Step
    {
        /// <summary>Closed or closing: nothing is sent.</summary>
        Refused,

        /// <summary>Written, and flushed at the end of the batch.</summary>
        Batched,

        /// <summary>Written; this thread holds the output and must flush it.</summary>
        Written,

        /// <summary>It waits for its turn.</summary>
        Waits,

        /// <summary>Not sent, because too much waits.</summary>
        Dropped,

        /// <summary>So much waits that the peer does not read that the connection ends.</summary>
        HeldUpByPeer,

        /// <summary>The same behind a message that the application does not finish.</summary>
        HeldUpByApplication,
    }
}
