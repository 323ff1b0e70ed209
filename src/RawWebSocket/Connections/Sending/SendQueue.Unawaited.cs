using System.IO.Pipelines;

namespace RawWebSocket.Connections;

/// <content>Flushes that nobody waits for: those of a batch, of posts and of control frames.</content>
internal sealed partial class SendQueue
{
    /// <summary>As <see cref="FlushAsync"/>, for a caller that goes on.</summary>
    private void FlushUnawaited(Leave leave)
    {
        var flush = FlushOutputAsync(leave);
        if (flush.IsCompleted)
        {
            LetGoOrDrain(OutcomeOf(flush));
            return;
        }

        Memory.Charge(_flushing);
        Interlocked.Increment(ref _flushes);
        UnawaitedFlush unawaited;
        using (Enter())
        {
            unawaited = Kept.Unawaited ??= new(this);
        }

        unawaited.Begin(flush);
    }

    private void EndUnawaited(ValueTask<FlushResult> flush)
    {
        var result = OutcomeOf(flush);
        Interlocked.Increment(ref _flushes);
        Memory.Release(_flushing);
        LetGoOrDrain(result);
    }

    private SendResult OutcomeOf(ValueTask<FlushResult> flush)
    {
        try
        {
            // Blocks nothing, as it has completed.
            return ResultOf(flush.GetAwaiter().GetResult());
        }
        catch (Exception exception)
        {
            return ResultOf(exception);
        }
    }

    /// <summary>
    /// What goes on when such a flush has ended. A peer that takes its time makes many of them, so this one is used again and again.
    /// </summary>
    private sealed class UnawaitedFlush
    {
        private readonly SendQueue _queue;
        private readonly Action _end;
        private ValueTask<FlushResult> _flush;

        public UnawaitedFlush(SendQueue queue)
        {
            _queue = queue;
            _end = () => _queue.EndUnawaited(_flush);
        }

        public void Begin(ValueTask<FlushResult> flush)
        {
            _flush = flush;
            flush.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_end);
        }
    }
}
