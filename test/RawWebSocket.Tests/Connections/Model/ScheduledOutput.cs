using System.Buffers;
using System.IO.Pipelines;

namespace RawWebSocket.Tests.Connections.Model;

/// <summary>
/// A transport whose flushes end when the scheduler says so, and that throws at the call that it says. What an end sets going has happened
/// when that call returns.
/// </summary>
/// <param name="endsAtOnce">Whether the next flush ends at once.</param>
/// <param name="block">How much memory it hands out at once, in bytes, unless it is asked for more.</param>
/// <param name="throwsAt">Which call throws: the first, the second and so on; null for none.</param>
internal sealed class ScheduledOutput(Func<bool> endsAtOnce, int block = int.MaxValue, int? throwsAt = null) : PipeWriter
{
    private readonly ArrayBufferWriter<byte> _written = new();
    private TaskCompletionSource<FlushResult>? _flush;
    private long _flushing;
    private int _calls;

    public ReadOnlySpan<byte> Written => _written.WrittenSpan;

    /// <summary>How much has been taken by flushes that have ended.</summary>
    public long Flushed { get; private set; }

    public int FlushesEnded { get; private set; }

    /// <summary>Whether it has gone, or has thrown: from then on it must be left alone.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>What it has thrown, because the scheduler said so.</summary>
    public Exception? Thrown { get; private set; }

    public bool IsFlushing => _flush is not null;

    /// <summary>Ends the flush under way.</summary>
    public void EndFlush()
    {
        var flush = _flush.ShouldNotBeNull();
        _flush = null;
        End();
        flush.SetResult(default);
    }

    /// <summary>Ends the flush under way as a transport that has gone does.</summary>
    public void FailFlush(bool throws)
    {
        var flush = _flush.ShouldNotBeNull();
        _flush = null;
        HasFailed = true;
        if (throws)
        {
            flush.SetException(new IOException("The transport has gone."));
        }
        else
        {
            flush.SetResult(new FlushResult(isCanceled: false, isCompleted: true));
        }
    }

    public override void Advance(int bytes)
    {
        BeginCall();
        IsFlushing.ShouldBeFalse("Nothing is written while a flush is under way.");
        _written.Advance(bytes);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        BeginCall();
        var memory = _written.GetMemory(sizeHint);
        return memory[..Math.Min(Math.Max(sizeHint, block), memory.Length)];
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.CanBeCanceled.ShouldBeFalse("No caller's token ever reaches the transport.");
        BeginCall();
        IsFlushing.ShouldBeFalse("One flush at a time.");
        _flushing = Written.Length;
        if (endsAtOnce())
        {
            End();
            return default;
        }

        _flush = new TaskCompletionSource<FlushResult>();
        return new(_flush.Task);
    }

    public override void CancelPendingFlush() => throw new NotSupportedException();

    public override void Complete(Exception? exception = null) => throw new NotSupportedException();

    private void BeginCall()
    {
        HasFailed.ShouldBeFalse("A transport that has gone is left alone.");
        if (++_calls == throwsAt)
        {
            HasFailed = true;
            throw Thrown = new InsufficientMemoryException("The output has no memory.");
        }
    }

    private void End()
    {
        FlushesEnded++;
        Flushed = _flushing;
    }
}
