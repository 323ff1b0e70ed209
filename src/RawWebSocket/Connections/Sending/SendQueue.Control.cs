using System.Buffers;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <content>Control frames (RFC 6455 section 5.5): they pass what waits, except the close frame, which ends it.</content>
internal sealed partial class SendQueue
{
    // A pong answers the pings before its own as well, so the latest say all. The older ones are there for their round-trip times.
    private const int MaxWaitingPings = 16;

    private bool HasControlFrames => _backlog is { Pong: not null } or { Pings.Count: > 0 };

    /// <summary>True when a close frame has been queued, by either closing handshake or fault.</summary>
    public bool HasClose => Volatile.Read(ref _close) is not null;

    /// <summary>The close frame that has been written; null when none has.</summary>
    public WebSocketCloseFrame? WrittenClose => Volatile.Read(ref _closeWritten) ? new(_close!.Payload.Code, _close.Payload.Reason) : null;

    /// <summary>Sends a pong. Of those that have to wait only the latest is kept (section 5.5.3).</summary>
    public void SendPong(ReadOnlySpan<byte> payload) => SendControl(Opcode.Pong, payload);

    /// <summary>Sends a ping. Of those that have to wait only the latest 16 are kept.</summary>
    public void SendPing(ReadOnlySpan<byte> payload) => SendControl(Opcode.Ping, payload);

    /// <summary>
    /// Queues the close frame behind what was sent before; nothing is taken for sending after it. The first close counts.
    /// Completes when it has been flushed.
    /// </summary>
    /// <param name="close">The code and reason.</param>
    /// <param name="interruptsStream">Do not wait for the end of a message that is being sent in fragments.</param>
    public Task<SendResult> CloseAsync(ClosePayload close, StreamedMessage interruptsStream)
    {
        Task<SendResult> closed;
        using (Enter())
        {
            if (_stopped)
            {
                return Task.FromResult(SendResult.Closed);
            }

            if (interruptsStream == StreamedMessage.IsInterrupted)
            {
                InterruptStreams();
            }

            if (_close is null)
            {
                var payload = new byte[FrameHeader.MaxControlPayload];
                var length = close.Write(payload);
                var frame = new PendingSend(PendingKind.Frame, Opcode.Close, new ReadOnlySequence<byte>(payload, 0, length));
                _close = new QueuedClose(frame, close);
                Enqueue(frame);
                SignalDrained(canSend: false);
            }

            closed = _close.Frame.Task;
        }

        Drain();
        return closed;
    }

    /// <summary>Lets the close frame that waits be the next to leave: what waits before it is not sent.</summary>
    public void DropWhatClosingWaitsFor()
    {
        using (Enter())
        {
            if (_close is { Frame.IsWaiting: true })
            {
                InterruptStreams();
                DropWaiting();
            }
        }

        Drain();
    }

    private void SendControl(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        try
        {
            if (WriteOrKeepControl(opcode, payload) == Turn.Written)
            {
                // The heartbeat may ping many connections in a row.
                FlushUnawaited(Leave.WithOthers);
            }
        }
        catch (WriteFailedException failure)
        {
            Fail(failure.Cause);
        }
    }

    private Turn WriteOrKeepControl(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        using (Enter())
        {
            if (_closeWritten || _stopped)
            {
                return Turn.Refused;
            }

            if (_busy)
            {
                QueueControl(opcode, payload.ToArray());
                return Turn.Queued;
            }

            if (!InBatch)
            {
                Prefer(Leave.WithOthers);
            }

            WriteControl(opcode, payload);
            return BatchOrHold();
        }
    }

    private void QueueControl(Opcode opcode, byte[] payload)
    {
        if (opcode == Opcode.Pong)
        {
            Kept.Pong = payload;
        }
        else
        {
            var pings = Kept.Pings ??= new();
            if (pings.Count == MaxWaitingPings)
            {
                pings.Dequeue();
            }

            pings.Enqueue(payload);
        }
    }

    private void WriteControlFrames()
    {
        // Section 5.5.1: nothing follows a close frame.
        if (_closeWritten)
        {
            ForgetControlFrames();
            return;
        }

        if (_backlog is null)
        {
            return;
        }

        if (_backlog.Pong is { } pong)
        {
            WriteControl(Opcode.Pong, pong);
            _backlog.Pong = null;
        }

        while (_backlog.Pings?.TryDequeue(out var ping) == true)
        {
            WriteControl(Opcode.Ping, ping);
        }
    }

    private void WriteControl(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        WriteHeader(opcode, isFinal: true, payload.Length);
        WriteBytes(payload);
    }

    private sealed record QueuedClose(PendingSend Frame, ClosePayload Payload);

    private void ForgetControlFrames()
    {
        if (_backlog is not null)
        {
            _backlog.Pong = null;
            _backlog.Pings = null;
        }
    }
}
