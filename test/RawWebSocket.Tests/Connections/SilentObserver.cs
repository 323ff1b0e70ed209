using System.IO.Pipelines;
using RawWebSocket.Compression;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Connections;

/// <summary>What a send queue tells, for tests in which nothing overflows and nothing fails.</summary>
/// <param name="memory">Charged for what waits.</param>
internal class SilentObserver(IMemoryAccount memory) : ISendTally, IOutputOwner
{
    public bool IsLost => false;

    /// <summary>A queue that tells it to this.</summary>
    public SendQueue QueueOver(PipeWriter output, OutgoingCompression? compression = null) =>
        new(output, new SendTerms(long.MaxValue, 0, SlowReaderPolicy.Close), memory, tally: this, owner: this, compression);

    public void OnSent(long bytes, int messages)
    {
    }

    public void OnPartSent()
    {
    }

    public void OnTooMuchQueued() => Assert.Fail("Nothing overflows.");

    public virtual void OnMessageDropped(string reason) => Assert.Fail(reason);

    public void OnSendQueueOverflow(HeldUpBy heldUpBy) => Assert.Fail("Nothing overflows.");

    public void OnTransportLost()
    {
    }

    public virtual void OnFlushFailed(Exception exception) => OnWriteFailed(exception);

    public virtual void OnWriteFailed(Exception exception) => Assert.Fail(exception.ToString());
}
