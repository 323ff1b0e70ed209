using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <content>Writing to the output and flushing it: only under the lock, while it is lent, or by whoever holds <c>_busy</c>.</content>
internal sealed partial class SendQueue
{
    // Counts the beginnings and the ends of flushes that are not done at once, so it is odd while one is under way.
    private int _flushes;

    /// <summary>
    /// The flush that the peer holds up, as a number that the next one does not have, and how many bytes it takes along; 0 when none is
    /// under way. For any thread.
    /// </summary>
    public (int Flush, long Bytes) UnderWay
    {
        get
        {
            var flush = Volatile.Read(ref _flushes);
            var bytes = Volatile.Read(ref _flushing);

            // Of one that has ended in between the bytes may be another's.
            return int.IsOddInteger(flush) && Volatile.Read(ref _flushes) == flush ? (flush, bytes) : default;
        }
    }

    private void WriteFrame(Opcode opcode, bool isFinal, in ReadOnlySequence<byte> payload)
    {
        // Looked at before the header is written: a payload that has been disposed throws, and must not leave half a frame.
        if (payload.IsSingleSegment)
        {
            WriteFrame(opcode, isFinal, payload.FirstSpan);
        }
        else
        {
            WriteSegments(opcode, isFinal, payload);
        }

        if (opcode == Opcode.Close)
        {
            _closeWritten = true;
        }
        else
        {
            CountFrame(isFinal);
        }
    }

    private void CountFrame(bool isFinal)
    {
        if (isFinal)
        {
            _unflushedMessages++;
        }
        else
        {
            observer.OnPartSent();
        }
    }

    // Header and payload in one go if there is room for both, which there is for nearly every short one.
    private void WriteFrame(Opcode opcode, bool isFinal, ReadOnlySpan<byte> payload)
    {
        bool fits;
        try
        {
            var room = _output.GetSpan(FrameHeader.MaxWrittenSize);
            var size = FrameHeader.Write(room, opcode, isFinal, payload.Length);
            fits = payload.TryCopyTo(room[size..]);
            size += fits ? payload.Length : 0;
            _output.Advance(size);
            _unflushed += size;
        }
        catch (Exception exception)
        {
            throw Broken(exception);
        }

        if (!fits)
        {
            WriteBytes(payload);
        }
    }

    // Each is looked at before the header is written, as above.
    private void WriteSegments(Opcode opcode, bool isFinal, in ReadOnlySequence<byte> payload)
    {
        foreach (var part in payload)
        {
            _ = part.Span;
        }

        WriteHeader(opcode, isFinal, payload.Length);
        foreach (var part in payload)
        {
            WriteBytes(BytesOf(part));
        }
    }

    // The header has been written, so a payload that its owner disposes now costs the connection.
    private ReadOnlySpan<byte> BytesOf(ReadOnlyMemory<byte> part)
    {
        try
        {
            return part.Span;
        }
        catch (Exception exception)
        {
            throw Broken(exception);
        }
    }

    private int WriteHeader(Opcode opcode, bool isFinal, long payloadLength, bool isCompressed = false)
    {
        try
        {
            var size = FrameHeader.Write(_output.GetSpan(FrameHeader.MaxWrittenSize), opcode, isFinal, payloadLength, isCompressed);
            _output.Advance(size);
            _unflushed += size;
            return size;
        }
        catch (Exception exception)
        {
            throw Broken(exception);
        }
    }

    private void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _output.Write(bytes);
            _unflushed += bytes.Length;
        }
        catch (Exception exception)
        {
            throw Broken(exception);
        }
    }

    // Called before the flush that takes what has been written along.
    private void BeginFlush()
    {
        // First, because a listener of the metrics may throw: then nothing has changed, and it leaves with the next flush.
        observer.OnSent(_unflushed, _unflushedMessages);
        (_flushing, _unflushed, _unflushedMessages) = (_unflushed, 0, 0);
        compression?.Unflushed = 0;
    }

    // A transport that throws at once has ended like one whose task fails. Thrown on, it would leave the output held for ever.
    private ValueTask<FlushResult> FlushOutputAsync(Leave leave)
    {
        try
        {
            return _output.FlushAsync(OrAtOnce(leave));
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<FlushResult>(exception);
        }
    }

    /// <summary>Flushes and lets go of the output, leaving it to <see cref="DrainAsync"/> when more has come to wait.</summary>
    private ValueTask<SendResult> FlushAsync(Leave leave)
    {
        var flush = FlushOutputAsync(leave);
        if (!flush.IsCompletedSuccessfully)
        {
            return AwaitFlushAsync(flush);
        }

        var result = ResultOf(flush.Result);
        LetGoOrDrain(result);
        return new(result);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SendResult> AwaitFlushAsync(ValueTask<FlushResult> flush)
    {
        // What was written straight into the transport counts from when that takes no more. It stays the same while the output is held.
        var held = _flushing;
        Memory.Charge(held);
        var result = await ResultOfAsync(flush).ConfigureAwait(false);
        Memory.Release(held);
        LetGoOrDrain(result);
        return result;
    }

    private SendResult ResultOf(FlushResult flush)
    {
        if (flush.IsCompleted)
        {
            observer.OnTransportLost();
        }

        return flush.IsCompleted || observer.IsLost ? SendResult.Closed : SendResult.Sent;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SendResult> ResultOfAsync(ValueTask<FlushResult> flush)
    {
        Interlocked.Increment(ref _flushes);
        try
        {
            return ResultOf(await flush.ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            return ResultOf(exception);
        }
        finally
        {
            Interlocked.Increment(ref _flushes);
        }
    }

    private void LetGoOrDrain(SendResult lastFlush)
    {
        if (!TryLetGo(lastFlush))
        {
            Forget(DrainAsync());
        }
    }

    // False when something waits to be written, for which the output is still held.
    private bool TryLetGo(SendResult lastFlush)
    {
        using (Enter())
        {
            _flushing = 0;
            if (lastFlush == SendResult.Closed)
            {
                Stop();
                _backlog?.Unwritten = 0;
            }

            FinishWritten(lastFlush);
            _busy = HasWritable;
            if (!_busy)
            {
                _backlog?.Idle?.TrySetResult();
            }

            SignalIfDrained();
            if (_stopped)
            {
                _output.Drop();
            }

            return !_busy;
        }
    }

    // Nothing is lost by not waiting: the outcome of a write is looked at where it is made.
    private static void Forget(ValueTask task)
    {
        if (!task.IsCompleted)
        {
            _ = task.AsTask();
        }
    }
}
