using System.Collections.Concurrent;
using System.IO.Pipelines;

namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>How an output fails.</summary>
internal enum OutputFailure
{
    /// <summary>The call throws.</summary>
    Throws,

    /// <summary>A flush has not ended yet, and then its task throws.</summary>
    ThrowsLater,

    /// <summary>A flush says that nobody reads any more.</summary>
    HasEnded,
}

/// <summary>
/// An output that fails at one of its calls, and takes note when it is not used as a pipe's writer must be: by one at a time, not while it
/// is flushed, and not any more once it has failed. Nothing of a flush that fails gets through.
/// </summary>
/// <param name="inner">What it writes to.</param>
/// <param name="failsAt">Which call fails, the first, the second and so on; null for none.</param>
/// <param name="failure">How. Calls that are no flush can only throw.</param>
internal sealed class WatchedOutput(PipeWriter inner, int? failsAt, OutputFailure failure) : PipeWriter
{
    private readonly ConcurrentQueue<string> _complaints = [];
    private int _calls;
    private int _callers;
    private volatile bool _isFlushing;
    private long _failedAt;

    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>When it failed; null when it has not.</summary>
    public long? FailedAt => Volatile.Read(ref _failedAt) is var tick and not 0 ? tick : null;

    public override void Advance(int bytes)
    {
        Enter(nameof(Advance));
        try
        {
            inner.Advance(bytes);
        }
        finally
        {
            Leave();
        }
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        Enter(nameof(GetMemory));
        try
        {
            return inner.GetMemory(sizeHint);
        }
        finally
        {
            Leave();
        }
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.CanBeCanceled)
        {
            _complaints.Enqueue("A caller's token reaches the output.");
        }

        if (Enter(nameof(FlushAsync)))
        {
            Leave();
            return FailAsync();
        }

        // Before it begins: it may end on another thread, which then writes, before the call returns.
        _isFlushing = true;
        Leave();
        return WaitAsync();
    }

    public override void CancelPendingFlush() => _complaints.Enqueue("A flush is cancelled.");

    public override void Complete(Exception? exception = null) => _complaints.Enqueue("The queue completes the output.");

    private async ValueTask<FlushResult> WaitAsync()
    {
        try
        {
            return await inner.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _isFlushing = false;
        }
    }

    private async ValueTask<FlushResult> FailAsync()
    {
        if (failure == OutputFailure.HasEnded)
        {
            return new FlushResult(isCanceled: false, isCompleted: true);
        }

        await Task.Yield();
        throw new InsufficientMemoryException("The output has no memory for a flush.");
    }

    // Whether it is a flush that fails.
    private bool Enter(string call)
    {
        if (Interlocked.Increment(ref _callers) > 1)
        {
            _complaints.Enqueue($"{call} while another call is under way.");
        }

        if (_isFlushing)
        {
            _complaints.Enqueue($"{call} during a flush.");
        }

        if (FailedAt is not null)
        {
            _complaints.Enqueue($"{call} after the output had failed.");
        }

        if (++_calls != failsAt)
        {
            return false;
        }

        Volatile.Write(ref _failedAt, Sending.Tick());
        if (call == nameof(FlushAsync) && failure != OutputFailure.Throws)
        {
            return true;
        }

        Leave();
        throw new InsufficientMemoryException("The output has no memory.");
    }

    private void Leave() => Interlocked.Decrement(ref _callers);
}
