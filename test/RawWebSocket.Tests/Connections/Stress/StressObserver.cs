using System.Collections.Concurrent;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Connections.Transports;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>What a send queue tells under stress: nothing overflows, posts may be replaced, and the output may throw.</summary>
/// <param name="memory">Charged for what waits.</param>
internal sealed class StressObserver(IMemoryAccount memory) : SilentObserver(memory)
{
    public ConcurrentQueue<Exception> Failures { get; } = [];

    public override void OnMessageDropped(string reason) => reason.ShouldBe(DropReason.Replaced);

    public override void OnFlushFailed(Exception exception)
    {
        if (!Transport.IsDisconnect(exception))
        {
            OnWriteFailed(exception);
        }
    }

    public override void OnWriteFailed(Exception exception) => Failures.Enqueue(exception);
}
