using System.Buffers;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <summary>What a close frame does to a message that is being sent in fragments.</summary>
internal enum StreamedMessage
{
    /// <summary>It is finished first.</summary>
    IsFinished,

    /// <summary>It is left as it is: the peer does not wait for it any more.</summary>
    IsInterrupted,
}

/// <content>A message in fragments (RFC 6455 section 5.4): takes its turn like any other, then keeps it until its last fragment.</content>
internal sealed partial class SendQueue
{
    /// <summary>Whether everything waits for the next fragment of a message under way, which its sender has not given yet.</summary>
    public bool AwaitsFragment
    {
        get
        {
            using (Enter())
            {
                return _streaming && !_busy && _backlog?.Fragment is null;
            }
        }
    }

    /// <summary>Waits for the turn to send a message in fragments. Having got it, the caller must send a final fragment.</summary>
    public ValueTask<SendResult> BeginMessageAsync(CancellationToken cancellationToken)
    {
        PendingSend pending;
        using (Enter())
        {
            if (IsClosing)
            {
                return new(SendResult.Closed);
            }

            if (IsFree)
            {
                _streaming = true;
                return new(SendResult.Sent);
            }

            pending = new PendingSend(PendingKind.Lane, Opcode.Continuation, ReadOnlySequence<byte>.Empty);
            Enqueue(pending);
            pending.CancelWith(this, cancellationToken);
        }

        Drain();
        return new(pending.Task);
    }

    /// <summary>Sends a fragment of the message whose turn it is; closed when the peer does not wait for it any more.</summary>
    public ValueTask<SendResult> SendFragmentAsync(
        Opcode opcode, ReadOnlyMemory<byte> payload, bool isFinal, MessageCompression messageCompression = MessageCompression.AsAgreed)
    {
        PendingSend? fragment;
        Turn turn;
        try
        {
            turn = WriteOrKeepFragment(opcode, payload, isFinal, messageCompression, out fragment);
        }
        catch (WriteFailedException failure)
        {
            return new(Fail(failure.Cause));
        }

        switch (turn)
        {
            case Turn.Refused:
                return new(SendResult.Closed);
            case Turn.Queued:
                return new(fragment!.Task);
            case Turn.Written:
                return FlushAsync(LeaveNow());
            default:
                Drain();
                return new(SendResult.Sent);
        }
    }

    private Turn WriteOrKeepFragment(
        Opcode opcode, ReadOnlyMemory<byte> payload, bool isFinal, MessageCompression messageCompression, out PendingSend? fragment)
    {
        fragment = null;
        using (Enter())
        {
            if (_streamsInterrupted || _stopped)
            {
                return Turn.Refused;
            }

            if (_busy)
            {
                fragment = new PendingSend(PendingKind.Frame, opcode, new ReadOnlySequence<byte>(payload))
                {
                    IsFinal = isFinal,
                    Compression = messageCompression,
                };
                Kept.Fragment = fragment;
                fragment.Hold(Memory);
                return Turn.Queued;
            }

            WriteFragment(opcode, isFinal, new ReadOnlySequence<byte>(payload), messageCompression);
            return BatchOrHold();
        }
    }

    /// <summary>Gives the turn back without having sent a fragment.</summary>
    public void AbandonMessage()
    {
        using (Enter())
        {
            _streaming = false;
        }

        Drain();
    }

    // Ends the message under way, and those that still wait for their turn: it would keep the close frame waiting for them. Section 5.4:
    // inside a message that has begun no other may be sent, so what waits behind it is dropped; a close frame may follow.
    private void InterruptStreams()
    {
        _streaming = false;
        _streamsInterrupted = true;
        if (_backlog?.Fragment is { } fragment)
        {
            _backlog.Fragment = null;
            Finish(fragment, SendResult.Closed);
        }

        if (_streamBegun)
        {
            DropWaiting();
        }
    }

    private void DropWaiting()
    {
        // The close frame is always the last.
        while (FirstWaiting is { } pending && pending != _close?.Frame)
        {
            Discard(pending);
            pending.Complete(SendResult.Closed);
        }
    }

    private void WriteFragment(Opcode opcode, bool isFinal, in ReadOnlySequence<byte> payload, MessageCompression messageCompression)
    {
        WriteFragmentOfMessage(opcode, isFinal, payload, messageCompression);
        _streaming = _streamBegun = !isFinal;
    }
}
