using System.IO.Pipelines;

namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>An output that throws at one of its calls, and must be left alone from then on.</summary>
/// <param name="inner">Where to.</param>
/// <param name="throwsAt">Which call; null for none.</param>
internal sealed class BreakingWriter(PipeWriter inner, int? throwsAt) : PipeWriter
{
    private int _calls;
    private int _callers;

    public bool HasThrown { get; private set; }

    public override void Advance(int bytes) => Call(() => inner.Advance(bytes));

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        Memory<byte> memory = default;
        Call(() => memory = inner.GetMemory(sizeHint));
        return memory;
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        ValueTask<FlushResult> flush = default;
        Call(() => flush = inner.FlushAsync(cancellationToken));
        return flush;
    }

    public override void CancelPendingFlush() => throw new NotSupportedException();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    // Two at once would be a fault of the queue, and so would one after it has thrown.
    private void Call(Action call)
    {
        HasThrown.ShouldBeFalse("An output that has thrown is left alone.");
        Interlocked.Increment(ref _callers).ShouldBe(1, "One at a time.");
        try
        {
            if (++_calls == throwsAt)
            {
                HasThrown = true;
                throw new InsufficientMemoryException("The output has no memory.");
            }

            call();
        }
        finally
        {
            Interlocked.Decrement(ref _callers);
        }
    }
}
