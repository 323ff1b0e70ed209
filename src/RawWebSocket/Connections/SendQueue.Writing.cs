using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <content>Writing to the output and flushing it: only under the lock, or by whoever holds <c>_busy</c>.</content>
internal sealed partial class SendQueue
{
    private readonly List<PendingSend> _written = [];

    private int _flushesBegun;
    private int _flushesEnded;

    /// <summary>Tells a flush that the peer holds up from the next one; 0 when none is under way.</summary>
    public int FlushUnderWay
    {
        get
        {
            var begun = Volatile.Read(ref _flushesBegun);
            return begun == Volatile.Read(ref _flushesEnded) ? 0 : begun;
        }
    }

    private void WriteFrame(Opcode opcode, bool isFinal, in ReadOnlySequence<byte> payload)
    {
        // Looked at before the header is written: a payload that has been disposed throws, and must not leave half a frame.
        var first = payload.FirstSpan;
        var size = WriteHeader(opcode, isFinal, payload.Length) + payload.Length;
        if (payload.IsSingleSegment)
        {
            WriteBytes(first);
        }
        else
        {
            foreach (var part in payload)
            {
                WriteBytes(part.Span);
            }
        }

        if (opcode == Opcode.Close)
        {
            _closeWritten = true;
            observer.OnControlFrameSent(size);
        }
        else
        {
            observer.OnDataFrameSent(size, endsMessage: isFinal);
        }
    }

    private int WriteHeader(Opcode opcode, bool isFinal, long payloadLength)
    {
        var size = FrameHeader.Write(output.GetSpan(FrameHeader.MaxWrittenSize), opcode, isFinal, payloadLength);
        output.Advance(size);
        _unflushed += size;
        return size;
    }

    private void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        _unflushed += bytes.Length;
    }

    /// <summary>Flushes and lets go of the output, leaving it to <see cref="DrainAsync"/> when more has come to wait.</summary>
    private ValueTask<SendResult> FlushAsync()
    {
        _unflushed = 0;
        var flush = output.FlushAsync(CancellationToken.None);
        if (!flush.IsCompletedSuccessfully)
        {
            return AwaitFlushAsync(flush);
        }

        var result = ResultOf(flush.Result);
        if (!TryLetGo(result))
        {
            Forget(DrainAsync());
        }

        return new(result);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SendResult> AwaitFlushAsync(ValueTask<FlushResult> flush)
    {
        var result = await ResultOfAsync(flush).ConfigureAwait(false);
        if (!TryLetGo(result))
        {
            Forget(DrainAsync());
        }

        return result;
    }

    private SendResult ResultOf(FlushResult flush) =>
        flush.IsCompleted || lost.IsCancellationRequested ? SendResult.Closed : SendResult.Sent;

    // A transport that has ended under a write is an ordinary disconnect: a value, whatever it throws.
    private async ValueTask<SendResult> ResultOfAsync(ValueTask<FlushResult> flush)
    {
        Interlocked.Increment(ref _flushesBegun);
        try
        {
            return ResultOf(await flush.ConfigureAwait(false));
        }
        catch (Exception)
        {
            return SendResult.Closed;
        }
        finally
        {
            Interlocked.Increment(ref _flushesEnded);
        }
    }

    // False when something waits to be written, for which the output is still held.
    private bool TryLetGo(SendResult lastFlush)
    {
        lock (_gate)
        {
            if (lastFlush == SendResult.Closed)
            {
                Stop();
            }

            _busy = HasWritable;
            if (!_busy)
            {
                _idle?.TrySetResult();
            }

            return !_busy;
        }
    }

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

    // Nothing is lost by not waiting: the outcome of a write is looked at where it is made.
    private static void Forget<T>(ValueTask<T> task)
    {
        if (task.IsCompleted)
        {
            task.GetAwaiter().GetResult();
        }
        else
        {
            _ = task.AsTask();
        }
    }

    private static void Forget(ValueTask task)
    {
        if (!task.IsCompleted)
        {
            _ = task.AsTask();
        }
    }
}
