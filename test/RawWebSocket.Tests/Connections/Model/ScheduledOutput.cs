using System.Buffers;
using System.IO.Pipelines;

namespace RawWebSocket.Tests.Connections.Model;

/// <summary>A transport whose flushes end when the scheduler says so. What they set going has happened when that call returns.</summary>
/// <param name="endsAtOnce">Whether the next flush ends at once.</param>
internal sealed class ScheduledOutput(Func<bool> endsAtOnce) : PipeWriter
{
    private readonly ArrayBufferWriter<byte> _written = new();
    private TaskCompletionSource<FlushResult>? _flush;
    private long _flushing;

    public ReadOnlySpan<byte> Written => _written.WrittenSpan;

    /// <summary>How much has been taken by flushes that have ended.</summary>
    public long Flushed { get; private set; }

    public int FlushesEnded { get; private set; }

    public bool HasFailed { get; private set; }

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
        IsFlushing.ShouldBeFalse("Nothing is written while a flush is under way.");
        _written.Advance(bytes);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => _written.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _written.GetSpan(sizeHint);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.CanBeCanceled.ShouldBeFalse("No caller's token ever reaches the transport.");
        IsFlushing.ShouldBeFalse("One flush at a time.");
        HasFailed.ShouldBeFalse("A transport that has gone is left alone.");
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

    private void End()
    {
        FlushesEnded++;
        Flushed = _flushing;
    }
}
