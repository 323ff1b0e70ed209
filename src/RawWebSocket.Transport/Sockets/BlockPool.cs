using System.Buffers;

namespace RawWebSocket.Transport.Sockets;

/// <summary>
/// Blocks of one size. What is given back last is lent first, so that a few blocks stay in the processor's cache and the others are seen
/// not to be needed.
/// </summary>
internal sealed class BlockPool(BlockAllowance allowance, int blockSize) : MemoryPool<byte>
{
    private readonly Lock _gate = new();
    private Block? _top;
    private int _kept;
    private int _unneeded;
    private bool _isDisposed;

    public override int MaxBufferSize => blockSize;

    /// <summary>How many blocks are kept that nobody uses.</summary>
    public int Kept => Volatile.Read(ref _kept);

    /// <exception cref="ArgumentOutOfRangeException">More is wanted than a block has.</exception>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, blockSize);
        return (TakeKept() ?? new Block(this, blockSize)).Rented();
    }

    /// <summary>Keeps a block for the next who needs one, if there is room.</summary>
    public void Return(Block block)
    {
        if (!allowance.TryTake())
        {
            return;
        }

        lock (_gate)
        {
            if (!_isDisposed)
            {
                block.Next = _top;
                _top = block;
                _kept++;
                return;
            }
        }

        allowance.GiveBack(1);
    }

    /// <summary>Lets go of the blocks that nobody has needed since the last call.</summary>
    public void Trim()
    {
        int dropped;
        lock (_gate)
        {
            dropped = _unneeded;
            _unneeded = _kept -= dropped;
            KeepTop(_kept);
        }

        allowance.GiveBack(dropped);
    }

    protected override void Dispose(bool disposing)
    {
        int dropped;
        lock (_gate)
        {
            _isDisposed = true;
            dropped = _kept;
            _top = null;
            _kept = _unneeded = 0;
        }

        allowance.GiveBack(dropped);
    }

    private void KeepTop(int blocks)
    {
        if (blocks == 0)
        {
            _top = null;
            return;
        }

        var last = _top!;
        for (var i = 1; i < blocks; i++)
        {
            last = last.Next!;
        }

        last.Next = null;
    }

    private Block? TakeKept()
    {
        Block? block;
        lock (_gate)
        {
            block = _top;
            if (block is null)
            {
                return null;
            }

            _top = block.Next;
            _kept--;
            _unneeded = Math.Min(_unneeded, _kept);
        }

        block.Next = null;
        allowance.GiveBack(1);
        return block;
    }
}
