using System.Buffers;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Sending;

/// <summary>
/// Sends a message in fragments (RFC 6455 section 5.4): it takes its turn like any other, then keeps it until its last fragment.
/// </summary>
/// <param name="queue">The connection's queue.</param>
internal readonly struct FragmentSender(SendQueue queue)
{
    /// <summary>Whether everything waits for the next fragment of a message under way, which its sender has not given yet.</summary>
    public bool AreAwaited
    {
        get
        {
            lock (queue)
            {
                return !queue.Pump.IsHeld && queue.Order.AwaitsFragment;
            }
        }
    }

    /// <summary>Waits for the turn to send a message in fragments. Having got it, the caller must send a final fragment.</summary>
    public ValueTask<SendResult> BeginAsync(CancellationToken cancellationToken)
    {
        PendingSend pending;
        lock (queue)
        {
            if (queue.IsClosing)
            {
                return new(SendResult.Closed);
            }

            if (!queue.Pump.IsHeld && queue.Order.TryBeginStream())
            {
                return new(SendResult.Sent);
            }

            pending = new PendingSend(PendingKind.Lane, Opcode.Continuation, ReadOnlySequence<byte>.Empty);
            queue.Enqueue(pending, cancellationToken);
        }

        queue.Drain();
        return new(pending.Task);
    }

    /// <summary>Sends a fragment of the message whose turn it is; closed when the peer does not wait for it any more.</summary>
    public ValueTask<SendResult> SendAsync(
        Opcode opcode, ReadOnlyMemory<byte> payload, bool isFinal, MessageCompression compression = MessageCompression.AsAgreed)
    {
        bool isHeld;
        try
        {
            lock (queue)
            {
                if (!queue.Order.TakesFragments || queue.Writer.Frames.IsBroken)
                {
                    return new(SendResult.Closed);
                }

                var content = new ReadOnlySequence<byte>(payload);
                if (queue.Pump.IsHeld)
                {
                    var fragment = new PendingSend(PendingKind.Frame, opcode, content) { IsFinal = isFinal, Compression = compression };
                    queue.Order.Kept.AddFragment(fragment);
                    return new(fragment.Task);
                }

                queue.Order.WriteFragment(ref queue.Writer, opcode, isFinal, content, compression);
                isHeld = queue.TryHold();
            }
        }
        catch (WriteFailedException failure)
        {
            return new(queue.Fail(failure));
        }

        if (isHeld)
        {
            return queue.Pump.FlushAsync();
        }

        // The message may have ended, and others have waited for that.
        queue.Drain();
        return new(SendResult.Sent);
    }

    /// <summary>Gives the turn back without having sent a fragment.</summary>
    public void Abandon()
    {
        lock (queue)
        {
            queue.Order.AbandonStream();
        }

        queue.Drain();
    }
}
