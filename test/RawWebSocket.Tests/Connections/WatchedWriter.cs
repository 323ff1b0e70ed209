using System.IO.Pipelines;

namespace RawWebSocket.Tests.Connections;

/// <summary>A pipe's writer that counts its flushes, counts what is written, and can be made to fail.</summary>
internal sealed class WatchedWriter(PipeWriter inner) : PipeWriter
{
    public int Flushes { get; private set; }

    public long Written { get; private set; }

    /// <summary>Thrown by the next flushes.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Whether it is thrown at once, and not by the task.</summary>
    public bool FailsAtOnce { get; set; }

    public override void Advance(int bytes)
    {
        Written += bytes;
        inner.Advance(bytes);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.CanBeCanceled.ShouldBeFalse("No caller's token ever reaches the transport.");
        Flushes++;
        return Failure is null ? inner.FlushAsync(cancellationToken)
            : FailsAtOnce ? throw Failure
            : ValueTask.FromException<FlushResult>(Failure);
    }

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);
}
