using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Sending;

/// <summary>A frame that nobody waits for, so that a slow reader's may be dropped.</summary>
/// <param name="frame">The frame, perhaps shared with other connections.</param>
/// <param name="key">What it tells the value of: a newer frame with the same key takes its place.</param>
internal sealed class PendingPost(EncodedFrame frame, string? key) : Pending
{
    public EncodedFrame Frame { get; private set; } = frame;

    public string? Key { get; } = key;

    public override long Size => Frame.Size;

    /// <summary>The post that was queued before it.</summary>
    public PendingPost? Older { get; set; }

    /// <summary>The post that was queued after it.</summary>
    public PendingPost? Newer { get; set; }

    public override void Hold(IMemoryAccount account)
    {
        account.Charge(Overhead);
        Frame.Hold(account);
    }

    public override void LetGo(IMemoryAccount account)
    {
        account.Release(Overhead);
        Frame.LetGo(account);
    }

    public void Replace(EncodedFrame newer, IMemoryAccount account)
    {
        Frame.LetGo(account);
        Frame = newer;
        Frame.Hold(account);
    }

    public override void Complete(SendResult result)
    {
    }
}
