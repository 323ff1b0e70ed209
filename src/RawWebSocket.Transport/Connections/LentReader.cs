using System.Buffers;
using System.IO.Pipelines;

namespace RawWebSocket.Transport.Connections;

/// <summary>The reader as Kestrel has it: dead once the connection has been handed over, so that what Kestrel still does harms nobody.</summary>
/// <param name="input">The reader itself.</param>
internal sealed class LentReader(PipeReader input) : PipeReader
{
    private volatile bool _isDead;

    /// <summary>What a connection has that its lender has forgotten.</summary>
    public static LentReader Dead { get; } = new(Create(ReadOnlySequence<byte>.Empty)) { _isDead = true };

    public void TakeBack() => _isDead = true;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        _isDead ? new(Over) : input.ReadAsync(cancellationToken);

    public override bool TryRead(out ReadResult result)
    {
        if (!_isDead)
        {
            return input.TryRead(out result);
        }

        result = Over;
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed)
    {
        if (!_isDead)
        {
            input.AdvanceTo(consumed);
        }
    }

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!_isDead)
        {
            input.AdvanceTo(consumed, examined);
        }
    }

    public override void CancelPendingRead()
    {
        if (!_isDead)
        {
            input.CancelPendingRead();
        }
    }

    public override void Complete(Exception? exception = null)
    {
        if (!_isDead)
        {
            input.Complete(exception);
        }
    }

    protected override ValueTask<ReadResult> ReadAtLeastAsyncCore(int minimumSize, CancellationToken cancellationToken) =>
        _isDead ? new(Over) : input.ReadAtLeastAsync(minimumSize, cancellationToken);

    private static ReadResult Over => new(ReadOnlySequence<byte>.Empty, isCanceled: false, isCompleted: true);
}
