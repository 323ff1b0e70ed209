using RawWebSocket.Connections;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Connections;

/// <summary>A send queue's observer for tests in which nothing overflows and nothing fails.</summary>
/// <param name="memory">Charged for what waits.</param>
/// <param name="sendsInline">Whether the transport sends on the thread that flushes.</param>
internal class SilentObserver(IMemoryAccount memory, bool sendsInline = false) : ISendQueueObserver
{
    public IMemoryAccount Memory => memory;

    public QueueMarks Marks => new(long.MaxValue, 0, SlowReaderPolicy.Close);

    public int LongWrite => SendQueue.Chunk;

    public bool SendsInline => sendsInline;

    public bool IsLost => false;

    public void OnSent(long bytes, int messages)
    {
    }

    public void OnPartSent()
    {
    }

    public void OnTooMuchQueued() => Assert.Fail("Nothing overflows.");

    public void OnMessageDropped(string reason) => Assert.Fail(reason);

    public void OnSendQueueOverflow(HeldUpBy heldUpBy) => Assert.Fail("Nothing overflows.");

    public void OnTransportLost()
    {
    }

    public virtual void OnWriteFailed(Exception exception) => Assert.Fail(exception.ToString());
}
