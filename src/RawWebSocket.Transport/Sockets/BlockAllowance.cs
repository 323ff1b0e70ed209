namespace RawWebSocket.Transport.Sockets;

/// <summary>How many unused blocks all pools of a host may keep together.</summary>
internal sealed class BlockAllowance(long blocks)
{
    private long _left = blocks;

    public bool TryTake()
    {
        if (Interlocked.Decrement(ref _left) >= 0)
        {
            return true;
        }

        Interlocked.Increment(ref _left);
        return false;
    }

    public void GiveBack(int blocks) => Interlocked.Add(ref _left, blocks);
}
