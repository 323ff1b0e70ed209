using System.IO.Pipelines;

namespace RawWebSocket.Connections.Sending;

/// <summary>
/// A flush that nobody waits for: its pump goes on when it has ended. A peer that takes its time makes many of them, so this is used again and
/// again.
/// </summary>
internal sealed class UnawaitedFlush
{
    private readonly FlushPump _pump;
    private readonly Action _finish;
    private ValueTask<FlushResult> _flush;

    /// <param name="pump">What goes on.</param>
    public UnawaitedFlush(FlushPump pump)
    {
        _pump = pump;
        _finish = () => _pump.Finish(_flush);
    }

    public void Begin(in ValueTask<FlushResult> flush)
    {
        _flush = flush;
        flush.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_finish);
    }
}
