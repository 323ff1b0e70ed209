using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Sending;

/// <summary>What a close frame does to a message that is being sent in fragments.</summary>
internal enum StreamedMessage
{
    /// <summary>It is finished first.</summary>
    IsFinished,

    /// <summary>It is left as it is: the peer does not wait for it any more.</summary>
    IsInterrupted,
}

/// <summary>
/// Sends control frames (RFC 6455 section 5.5): they pass what waits, except the close frame, which ends it.
/// </summary>
/// <param name="queue">The connection's queue.</param>
internal readonly struct ControlSender(SendQueue queue)
{
    /// <summary>True when a close frame has been queued, by either closing handshake or fault.</summary>
    public bool HasClose => queue.Order.HasClose;

    /// <summary>The close frame that has been written; null when none has.</summary>
    public WebSocketCloseFrame? WrittenClose => queue.Order.WrittenClose is { } close ? new(close.Code, close.Reason) : null;

    /// <summary>Sends a pong. Of those that have to wait only the latest is kept (section 5.5.3).</summary>
    public void SendPong(ReadOnlySpan<byte> payload) => Send(Opcode.Pong, payload);

    /// <summary>Sends a ping. Of those that have to wait only the latest 16 are kept.</summary>
    public void SendPing(ReadOnlySpan<byte> payload) => Send(Opcode.Ping, payload);

    /// <summary>
    /// Queues the close frame behind what was sent before; nothing is taken for sending after it. The first close counts.
    /// Completes when it has been flushed.
    /// </summary>
    /// <param name="close">The code and reason.</param>
    /// <param name="streamed">What becomes of a message that is being sent in fragments.</param>
    public Task<SendResult> CloseAsync(ClosePayload close, StreamedMessage streamed)
    {
        Task<SendResult> closed;
        lock (queue)
        {
            if (queue.Order.IsStopped)
            {
                return Task.FromResult(SendResult.Closed);
            }

            if (streamed == StreamedMessage.IsInterrupted)
            {
                queue.Order.InterruptStreams();
            }

            closed = queue.Order.Close(close).Task;
            queue.Drainage.Tell(canSend: false);
        }

        queue.Drain();
        return closed;
    }

    /// <summary>Lets a close frame that waits be the next to leave: what waits before it is not sent.</summary>
    public void HurryClose()
    {
        lock (queue)
        {
            queue.Order.HurryClose();
        }

        queue.Drain();
    }

    private void Send(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        bool isHeld;
        try
        {
            lock (queue)
            {
                if (!queue.Order.TakesControls || queue.Writer.Frames.IsBroken)
                {
                    return;
                }

                if (queue.Pump.IsHeld)
                {
                    queue.Order.Kept.AddControl(opcode, payload.ToArray());
                    return;
                }

                queue.Writer.WriteControl(opcode, payload);
                isHeld = queue.TryHold();
            }
        }
        catch (WriteFailedException failure)
        {
            queue.Fail(failure);
            return;
        }

        if (isHeld)
        {
            queue.Pump.Flush();
        }
    }
}
