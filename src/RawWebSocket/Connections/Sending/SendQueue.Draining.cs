using System.Buffers;

namespace RawWebSocket.Connections;

/// <content>Writing what has had to wait: by whoever holds <c>_busy</c>, until nothing waits any more.</content>
internal sealed partial class SendQueue
{
    private const int UsualBatch = 64;

    private bool HasWritable =>
        !_stopped && (HasControlFrames || _backlog?.Fragment is not null || (!_streaming && FirstWaiting is not null));

    /// <summary>Starts to write what waits, unless somebody is at it or it is not its turn.</summary>
    private void Drain()
    {
        using (Enter())
        {
            if (_busy || !HasWritable)
            {
                return;
            }

            _busy = true;
        }

        Forget(DrainAsync());
    }

    /// <summary>Writes what waits, as much as goes into one flush at a time, until nothing does.</summary>
    private async ValueTask DrainAsync()
    {
        SendResult result;
        do
        {
            result = await WriteAndFlushAsync().ConfigureAwait(false);
        }
        while (!TryLetGo(result));
    }

    private async ValueTask<SendResult> WriteAndFlushAsync()
    {
        var result = SendResult.Closed;
        try
        {
            Pending? large;
            using (Enter())
            {
                large = WriteWaiting();
            }

            result = large is null ? SendResult.Sent
                : IsCompressed(large, out var opcode, out var payload)
                    ? await CompressLargeAsync(large, opcode, payload).ConfigureAwait(false)
                : await WriteLargeAsync(large).ConfigureAwait(false);
            if (result == SendResult.Sent && _flushing > 0)
            {
                result = await ResultOfAsync(FlushOutputAsync(LeaveAfterWaiting(large))).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            // The output threw, or a payload was disposed before its turn. The stream of frames is broken, and with it the connection.
            result = SendResult.Closed;
            observer.OnWriteFailed((exception as WriteFailedException)?.Cause ?? exception);
        }

        return result;
    }

    // Control frames first, then the fragment of a message that is under
    // way, then whole messages. Returns one too large to be written here.
    private Pending? WriteWaiting()
    {
        Prefer(FirstWaiting is { Size: > Chunk } first ? LeaveAfterWaiting(first) : Leave.WithOthers);
        WriteControlFrames();
        if (_backlog?.Fragment is { } fragment)
        {
            _backlog.Fragment = null;
            _backlog.Written.Add(fragment);
            WriteFragment(fragment.Opcode, fragment.IsFinal, fragment.Payload, fragment.Compression);
        }

        var large = WriteMessages();
        if (large is null)
        {
            BeginFlush();
        }

        return large;
    }

    private void FinishWritten(SendResult result)
    {
        if (_backlog?.Written is not { } written)
        {
            return;
        }

        foreach (var pending in written)
        {
            Finish(pending, result);
        }

        written.Clear();
        if (written.Capacity > UsualBatch)
        {
            // A flood of small messages has been written; the room it took is not kept for the next.
            written.Capacity = 0;
        }
    }

    private Pending? WriteMessages()
    {
        while (!_streaming && _unflushed < Chunk && compression is not { Unflushed: >= Chunk } && FirstWaiting is { } pending)
        {
            _backlog!.Waiting.Remove(pending);
            if (pending is PendingSend { Kind: PendingKind.Lane })
            {
                _streaming = !_streamsInterrupted;
                Finish(pending, _streaming ? SendResult.Sent : SendResult.Closed);
                continue;
            }

            _backlog.Written.Add(pending);
            if (pending.Size > Chunk)
            {
                _backlog.Unwritten = pending.Size;
                return pending;
            }

            Write(pending);
        }

        return null;
    }

    private void Write(Pending pending)
    {
        if (pending is PendingPost post)
        {
            WriteFrame(post.Frame);
        }
        else
        {
            var send = (PendingSend)pending;
            WriteMessage(send.Opcode, send.Payload, send.Compression);
        }
    }

    // One frame, flushed as it goes, so that a slow peer holds back its sender and not this process's memory.
    private async ValueTask<SendResult> WriteLargeAsync(Pending pending)
    {
        foreach (var part in BeginLarge(pending))
        {
            for (var rest = part; !rest.IsEmpty; rest = rest[Math.Min(Chunk, rest.Length)..])
            {
                if (WriteChunk(rest.Span[..Math.Min(Chunk, rest.Length)]))
                {
                    var result = await ResultOfAsync(FlushOutputAsync(LeaveAfterWaiting(pending))).ConfigureAwait(false);
                    if (result == SendResult.Closed)
                    {
                        return SendResult.Closed;
                    }

                    EndChunk(pending);
                }
            }
        }

        using (Enter())
        {
            ForgetContextAfter(pending);
            _unflushedMessages++;
            BeginFlush();
        }

        return SendResult.Sent;
    }

    // What had to wait comes faster than it leaves, and whoever writes it may do that for others, without being asked: no system calls
    // for him. Only a long message that somebody awaits is worth them.
    private static Leave LeaveAfterWaiting(Pending? large) => large is PendingSend ? Leave.AtOnce : Leave.WithOthers;

    // Writes the header, unless it is part of the frame, and returns what follows.
    private ReadOnlySequence<byte> BeginLarge(Pending pending)
    {
        if (pending is PendingPost post)
        {
            return new ReadOnlySequence<byte>(post.Frame.Bytes);
        }

        var send = (PendingSend)pending;
        using (Enter())
        {
            Kept.Unwritten -= WriteHeader(send.Opcode, isFinal: true, send.Payload.Length);
        }

        return send.Payload;
    }

    // True when it is to be flushed.
    private bool WriteChunk(ReadOnlySpan<byte> chunk)
    {
        using (Enter())
        {
            WriteBytes(chunk);
            Kept.Unwritten -= chunk.Length;
            if (_unflushed < observer.LongWrite && _output.HasRoomFor(Chunk))
            {
                return false;
            }

            BeginFlush();
            return true;
        }
    }

    // Those that were written before it have left with its first chunk, and need not wait for the rest.
    private void EndChunk(Pending large)
    {
        using (Enter())
        {
            _flushing = 0;
            Kept.Written.Remove(large);
            FinishWritten(SendResult.Sent);
            Kept.Written.Add(large);
            SignalIfDrained();
        }
    }
}
