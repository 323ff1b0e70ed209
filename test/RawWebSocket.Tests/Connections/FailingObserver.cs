using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Connections;

/// <summary>A send queue's observer for tests in which writing fails.</summary>
/// <param name="memory">Charged for what waits.</param>
internal sealed class FailingObserver(IMemoryAccount memory) : SilentObserver(memory)
{
    public List<Exception> Failures { get; } = [];

    public override void OnWriteFailed(Exception exception) => Failures.Add(exception);
}
