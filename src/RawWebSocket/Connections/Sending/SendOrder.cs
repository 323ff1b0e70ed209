using System.Buffers;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Sending;

/// <summary>
/// Whose turn it is. Control frames pass what waits, also between the fragments of a message (RFC 6455 section 5.4); a message in fragments
/// keeps its turn to its last one; the close frame is the last of all (section 5.5.1).
/// </summary>
/// <remarks>Without lock or I/O; used under the queue's lock. A struct, because every connection has one.</remarks>
/// <param name="memory">Charged for what waits.</param>
internal struct SendOrder(IMemoryAccount memory)
{
    private Backlog? _backlog;
    private PendingSend? _close;
    private ClosePayload _closePayload;

    // A message in fragments has its turn, and its first fragment may have been written.
    private bool _isStreaming;
    private bool _streamHasBegun;
    private bool _streamsAreInterrupted;
    private volatile bool _closeIsWritten;

    /// <summary>Nothing is sent any more.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Whether a close frame has been taken for sending; nothing is taken after it.</summary>
    public bool HasClose => Volatile.Read(ref _close) is not null;

    /// <summary>The close frame that has been written; null when none has.</summary>
    public ClosePayload? WrittenClose => _closeIsWritten ? _closePayload : null;

    public bool IsClosing => HasClose || IsStopped;

    /// <summary>Whether a message may be written now, as far as what waits is concerned.</summary>
    public bool IsFree => !_isStreaming && First is null;

    /// <summary>Whether a control frame may be sent.</summary>
    public bool TakesControls => !_closeIsWritten && !IsStopped;

    /// <summary>Whether a fragment may be sent; not when the peer does not wait for its message any more.</summary>
    public bool TakesFragments => !_streamsAreInterrupted && !IsStopped;

    /// <summary>Whether a message in fragments has its turn.</summary>
    public bool IsStreaming => _isStreaming;

    /// <summary>Whether everything waits for the next fragment of a message under way, which its sender has not given yet.</summary>
    public bool AwaitsFragment => _isStreaming && _backlog?.Fragment is null;

    /// <summary>Whether something waits that may be written: after a stop only the rest of a message that has begun.</summary>
    public bool HasNext => _backlog is { } backlog
        && (backlog.Long is not null
            || (!IsStopped && (backlog.HasControlFrames || backlog.Fragment is not null || (!_isStreaming && First is not null))));

    /// <summary>What waits; null when nothing does.</summary>
    public Backlog? Backlog => _backlog;

    /// <summary>The same, made if it has to be.</summary>
    public Backlog Kept => _backlog ??= new(memory);

    private Pending? First => _backlog?.Waiting.First;

    /// <summary>Lets a message in fragments have its turn, if nothing is before it.</summary>
    public bool TryBeginStream() => IsFree && (_isStreaming = true);

    /// <summary>Gives the turn back without having sent a fragment.</summary>
    public void AbandonStream() => _isStreaming = false;

    /// <summary>Writes a fragment of the message whose turn it is.</summary>
    public void WriteFragment(ref MessageWriter writer, Opcode opcode, bool isFinal, in ReadOnlySequence<byte> payload, MessageCompression asked)
    {
        writer.WriteFragment(opcode, isFinal, payload, asked);
        _isStreaming = _streamHasBegun = !isFinal;
    }

    /// <summary>Takes the close frame for sending, behind all that waits. The first counts.</summary>
    public PendingSend Close(in ClosePayload close)
    {
        if (_close is null)
        {
            var payload = new byte[FrameHeader.MaxControlPayload];
            var frame = new PendingSend(PendingKind.Frame, Opcode.Close, new ReadOnlySequence<byte>(payload, 0, close.Write(payload)));
            _closePayload = close;
            Volatile.Write(ref _close, frame);
            Kept.Add(frame);
        }

        return _close;
    }

    /// <summary>
    /// Ends the message in fragments under way, and those that wait for their turn: the close frame would wait for them. Inside of a message
    /// that has begun no other may be sent, so what waits behind it is dropped.
    /// </summary>
    public void InterruptStreams()
    {
        _isStreaming = false;
        _streamsAreInterrupted = true;
        if (_backlog?.TakeFragment() is { } fragment)
        {
            _backlog.Finish(fragment, SendResult.Closed);
        }

        if (_streamHasBegun)
        {
            DropWaiting();
        }
    }

    /// <summary>Lets the close frame be next, if it waits: what is before it is not sent.</summary>
    public void HurryClose()
    {
        if (_close is { IsWaiting: true })
        {
            InterruptStreams();
            DropWaiting();
        }
    }

    /// <summary>Drops all that waits, because nothing is sent any more.</summary>
    public void Stop()
    {
        IsStopped = true;
        InterruptStreams();
        _backlog?.ForgetControls();
        DropWaiting();
        Drop(_close);
    }

    /// <summary>Gives back the room that was needed, once nothing waits any more.</summary>
    public void Trim()
    {
        if (_backlog is { Waiting.First: null, Drained: null })
        {
            _backlog = null;
        }
    }

    /// <summary>
    /// Writes what waits, as much as goes into one flush: control frames, then the fragment of a message under way, then whole messages.
    /// </summary>
    /// <param name="writer">Where to.</param>
    /// <param name="longWrite">How much of a long message is written at once.</param>
    /// <exception cref="Exception">The output threw, or a payload was taken away before its turn: nothing can be sent any more.</exception>
    public void WriteNext(ref MessageWriter writer, int longWrite)
    {
        var backlog = Kept;
        if (backlog.Long is not { IsInFragments: false })
        {
            WriteControls(ref writer, backlog);
        }

        if (backlog.Long is not null)
        {
            WriteLong(ref writer, backlog, longWrite);
            return;
        }

        if (backlog.TakeFragment() is { } fragment)
        {
            backlog.AddWritten(fragment);
            WriteFragment(ref writer, fragment.Opcode, fragment.IsFinal, fragment.Payload, fragment.Compression);
        }

        while (!_isStreaming && !writer.HasChunk && First is { } pending)
        {
            if (pending is PendingSend { Kind: PendingKind.Lane })
            {
                backlog.Waiting.Remove(pending);
                _isStreaming = !_streamsAreInterrupted;
                backlog.Finish(pending, _isStreaming ? SendResult.Sent : SendResult.Closed);
            }
            else if (pending.Size > MessageWriter.Chunk)
            {
                backlog.Waiting.Remove(pending);
                backlog.BeginLong(new LongMessage(pending, IsCompressed(in writer, pending)));
                WriteLong(ref writer, backlog, longWrite);
                return;
            }
            else
            {
                backlog.TakeForWriting(pending);
                Write(ref writer, pending);
            }
        }
    }

    private static void WriteLong(ref MessageWriter writer, Backlog backlog, int longWrite)
    {
        if (backlog.Long!.WriteNext(ref writer, longWrite))
        {
            backlog.EndLong();
        }
    }

    private static bool IsCompressed(in MessageWriter writer, Pending pending) => pending is PendingPost { Frame: var frame }
        ? writer.MayCompress(frame.Payload.Length, frame.Compression)
        : pending is PendingSend send && writer.MayCompress(send.Payload.Length, send.Compression);

    private void WriteControls(ref MessageWriter writer, Backlog backlog)
    {
        if (_closeIsWritten)
        {
            // Section 5.5.1: nothing follows a close frame.
            backlog.ForgetControls();
            return;
        }

        while (backlog.TryTakeControl(out var opcode, out var payload))
        {
            writer.WriteControl(opcode, payload);
        }
    }

    private void Write(ref MessageWriter writer, Pending pending)
    {
        if (pending is PendingPost post)
        {
            writer.Write(post.Frame);
            return;
        }

        var send = (PendingSend)pending;
        writer.Write(send.Opcode, send.Payload, send.Compression);
        if (send == _close)
        {
            _closeIsWritten = true;
        }
    }

    // The close frame is always the last.
    private void DropWaiting()
    {
        while (First is { } pending && pending != _close)
        {
            Drop(pending);
        }
    }

    private void Drop(Pending? pending)
    {
        if (pending is { IsWaiting: true })
        {
            _backlog!.Discard(pending);
            pending.Complete(SendResult.Closed);
        }
    }
}
