namespace RawWebSocket.Connections;

/// <content>Writing what has had to wait: by whoever holds <c>_busy</c>, until nothing waits any more.</content>
internal sealed partial class SendQueue
{
    private readonly List<PendingSend> _written = [];

    private bool HasWritable =>
        !_stopped && (HasControlFrames || _fragment is not null || (!_streaming && _messages.Count > 0));

    /// <summary>Starts to write what waits, unless somebody is at it or it is not its turn.</summary>
    private void Drain()
    {
        lock (_gate)
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
            PendingSend? large;
            lock (_gate)
            {
                large = WriteWaiting();
            }

            result = large is null ? SendResult.Sent : await WriteLargeAsync(large).ConfigureAwait(false);
            if (result == SendResult.Sent)
            {
                _unflushed = 0;
                result = await ResultOfAsync(output.FlushAsync(CancellationToken.None)).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            // A payload that was disposed before its turn. The stream of frames is broken, and with it the connection.
            result = SendResult.Closed;
            observer.OnWriteFailed(exception);
        }

        foreach (var pending in _written)
        {
            pending.TrySetResult(result);
        }

        _written.Clear();
        return result;
    }

    // Control frames first, then the fragment of a message that is under way, then whole messages. Returns one too large to be written here.
    private PendingSend? WriteWaiting()
    {
        WriteControlFrames();
        if (_fragment is { } fragment)
        {
            _fragment = null;
            WriteFragment(fragment.Opcode, fragment.IsFinal, fragment.Payload);
            _written.Add(fragment);
        }

        while (!_streaming && _unflushed < Chunk && _messages.TryDequeue(out var pending))
        {
            _queuedBytes -= pending.QueuedBytes;
            if (!pending.TryTake())
            {
                continue;
            }

            if (pending.Kind == PendingKind.Lane)
            {
                _streaming = !_streamsInterrupted;
                pending.TrySetResult(_streaming ? SendResult.Sent : SendResult.Closed);
                continue;
            }

            _written.Add(pending);
            if (pending.Payload.Length > Chunk)
            {
                return pending;
            }

            Write(pending);
        }

        return null;
    }

    private void Write(PendingSend pending)
    {
        if (pending.Kind == PendingKind.EncodedFrame)
        {
            WriteBytes(pending.Payload.FirstSpan);
            observer.OnDataFrameSent(pending.Payload.Length, endsMessage: true);
        }
        else
        {
            WriteFrame(pending.Opcode, isFinal: true, pending.Payload);
        }
    }

    // One frame, flushed as it goes, so that a slow peer holds back its sender and not this process's memory.
    private async ValueTask<SendResult> WriteLargeAsync(PendingSend pending)
    {
        var size = pending.Payload.Length;
        if (pending.Kind == PendingKind.Frame)
        {
            size += WriteHeader(pending.Opcode, isFinal: true, pending.Payload.Length);
        }

        foreach (var part in pending.Payload)
        {
            for (var rest = part; !rest.IsEmpty; rest = rest[Math.Min(Chunk, rest.Length)..])
            {
                WriteBytes(rest.Span[..Math.Min(Chunk, rest.Length)]);
                if (_unflushed >= Chunk)
                {
                    _unflushed = 0;
                    if (await ResultOfAsync(output.FlushAsync(CancellationToken.None)).ConfigureAwait(false) == SendResult.Closed)
                    {
                        return SendResult.Closed;
                    }
                }
            }
        }

        observer.OnDataFrameSent(size, endsMessage: true);
        return SendResult.Sent;
    }
}
