using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace RawWebSocket.Connections.Sending;

/// <summary>
/// Flushes the output: the only one who does, on behalf of whoever holds it. When the flush has ended it goes on with what has come to wait
/// meanwhile, until nothing does. While the output is held nobody else writes.
/// </summary>
/// <param name="queue">Whose output it is.</param>
internal sealed class FlushPump(SendQueue queue)
{
    private FlushesUnderWay _flushes;
    private int _flushing;
    private int _charged;
    private UnawaitedFlush? _unawaited;

    /// <summary>Whether somebody holds the output. Under the queue's lock.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>How many bytes the flush under way carries. Under the queue's lock.</summary>
    public int Flushing => _flushing;

    /// <summary>The flush that the peer holds up, as a number that the next one does not have, and its bytes; 0 when none is. Any thread.</summary>
    public (int Flush, long Bytes) UnderWay => _flushes.Now(in _flushing);

    /// <summary>Takes the output, for a flush of so many bytes. Under the queue's lock.</summary>
    public void Hold(int bytes)
    {
        IsHeld = true;
        _flushing = bytes;
    }

    /// <summary>Flushes what the caller has written, and completes when the transport has taken it. For whoever holds the output.</summary>
    public ValueTask<SendResult> FlushAsync()
    {
        var flush = queue.Writer.Frames.FlushAsync();
        if (!flush.IsCompletedSuccessfully)
        {
            return FinishAsync(flush);
        }

        var result = ResultOf(flush.Result);
        GoOn(result);
        return new(result);
    }

    /// <summary>The same for a caller that does not wait.</summary>
    public void Flush() => FlushWhile(isCharged: true);

    /// <summary>Goes on with what waits, after a flush with this result. For whoever holds the output.</summary>
    public void GoOn(SendResult last)
    {
        if (GoesOn(last))
        {
            FlushWhile(isCharged: false);
        }
    }

    /// <summary>Gives back what is only needed while flushes have to be waited for. Under the queue's lock, while nobody holds the output.</summary>
    public void Trim() => _unawaited = null;

    private void FlushWhile(bool isCharged)
    {
        SendResult result;
        do
        {
            var flush = queue.Writer.Frames.FlushAsync();
            if (!flush.IsCompleted)
            {
                BeginWait(isCharged);
                (_unawaited ??= new UnawaitedFlush(this)).Begin(flush);
                return;
            }

            result = ResultOf(flush);
            isCharged = false;
        }
        while (GoesOn(result));
    }

    // Writes what has come to wait, for the next flush. False when nothing has, and then nobody holds the output any more.
    private bool GoesOn(SendResult last)
    {
        try
        {
            bool? goesOn;
            lock (queue)
            {
                EndFlush(last);
                goesOn = TryWriteNext();
            }

            while (goesOn is null)
            {
                lock (queue)
                {
                    goesOn = TryWriteNext();
                }
            }

            return goesOn.Value;
        }
        catch (Exception exception)
        {
            // The output threw, or a payload was disposed of before its turn: the stream of frames is broken, and with it the connection.
            GiveUp((exception as WriteFailedException)?.Cause ?? exception);
            return false;
        }
    }

    private void EndFlush(SendResult last)
    {
        _flushing = 0;
        if (last == SendResult.Closed)
        {
            queue.Stop();
        }

        queue.Order.Backlog?.FinishWritten(last);
        queue.Drainage.TellIfDrained();
    }

    // Whether there is something to be flushed. Null when there is more to be written before: others are let in meanwhile, who find the
    // output held.
    private bool? TryWriteNext()
    {
        if (!queue.HasNext)
        {
            Release();
            return false;
        }

        queue.Order.WriteNext(ref queue.Writer, queue.Terms.LongWrite);
        if (queue.Order.Backlog is { Long.IsInFragments: true } && !queue.Writer.HasRun)
        {
            return null;
        }

        if (queue.Writer.Frames.Unflushed > 0)
        {
            _flushing = queue.Writer.BeginFlush();
            return true;
        }

        // It was only somebody's turn to send a message in fragments.
        queue.Writer.Forget();
        queue.Order.Backlog?.FinishWritten(SendResult.Sent);
        return null;
    }

    private void GiveUp(Exception cause)
    {
        try
        {
            queue.Owner.OnWriteFailed(cause);
        }
        finally
        {
            lock (queue)
            {
                EndFlush(SendResult.Closed);
                Release();
            }
        }
    }

    private void Release()
    {
        IsHeld = false;
        if (queue.Order.IsStopped)
        {
            queue.Writer.Frames.Drop();
        }

        queue.Order.Backlog?.Idle?.TrySetResult();
        queue.Drainage.TellIfDrained();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SendResult> FinishAsync(ValueTask<FlushResult> flush)
    {
        SendResult result;
        BeginWait(isCharged: true);
        try
        {
            result = ResultOf(await flush.ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            result = ResultOf(exception);
        }

        EndWait();
        GoOn(result);
        if (!Thread.CurrentThread.IsThreadPoolThread)
        {
            // The application goes on now, and nobody watches over how long it takes.
            await Task.Yield();
        }

        return result;
    }

    /// <summary>What an <see cref="UnawaitedFlush"/> calls when it has ended.</summary>
    public void Finish(in ValueTask<FlushResult> flush)
    {
        var result = ResultOf(flush);
        EndWait();
        GoOn(result);
    }

    private void BeginWait(bool isCharged)
    {
        _charged = isCharged ? _flushing : 0;
        queue.Memory.Charge(_charged);
        _flushes.Turn();
    }

    private void EndWait()
    {
        _flushes.Turn();
        queue.Memory.Release(_charged);
    }

    private SendResult ResultOf(in ValueTask<FlushResult> completed)
    {
        try
        {
            // Blocks nothing, as it has completed.
            return ResultOf(completed.GetAwaiter().GetResult());
        }
        catch (Exception exception)
        {
            return ResultOf(exception);
        }
    }

    private SendResult ResultOf(FlushResult flush)
    {
        if (flush.IsCompleted)
        {
            queue.Owner.OnTransportLost();
        }

        return flush.IsCompleted || queue.Owner.IsLost ? SendResult.Closed : SendResult.Sent;
    }

    private SendResult ResultOf(Exception flushFailure)
    {
        queue.Owner.OnFlushFailed(flushFailure);
        return SendResult.Closed;
    }
}
