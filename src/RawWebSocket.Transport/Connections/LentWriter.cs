using System.IO.Pipelines;

namespace RawWebSocket.Transport.Connections;

/// <summary>The writer as Kestrel has it: dead once the connection has been handed over. What is written to it then is never sent.</summary>
/// <param name="output">The writer itself.</param>
internal sealed class LentWriter(PipeWriter output) : PipeWriter
{
    private volatile bool _isDead;

    /// <summary>What a connection has that its lender has forgotten.</summary>
    public static LentWriter Dead { get; } = new(Create(Stream.Null)) { _isDead = true };
    private byte[]? _nowhere;

    public void TakeBack() => _isDead = true;

    public override bool CanGetUnflushedBytes => output.CanGetUnflushedBytes;

    public override long UnflushedBytes => _isDead ? 0 : output.UnflushedBytes;

    public override Memory<byte> GetMemory(int sizeHint = 0) => _isDead ? Nowhere(sizeHint) : output.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _isDead ? Nowhere(sizeHint) : output.GetSpan(sizeHint);

    public override void Advance(int bytes)
    {
        if (!_isDead)
        {
            output.Advance(bytes);
        }
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        _isDead ? new(Over) : output.FlushAsync(cancellationToken);

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        _isDead ? new(Over) : output.WriteAsync(source, cancellationToken);

    public override void CancelPendingFlush()
    {
        if (!_isDead)
        {
            output.CancelPendingFlush();
        }
    }

    public override void Complete(Exception? exception = null)
    {
        if (!_isDead)
        {
            output.Complete(exception);
        }
    }

    private static FlushResult Over => new(isCanceled: false, isCompleted: true);

    private byte[] Nowhere(int sizeHint) =>
        _nowhere is { } bytes && bytes.Length >= sizeHint ? bytes : _nowhere = new byte[Math.Max(sizeHint, 256)];
}
