using System.Buffers;

namespace RawWebSocket.Transport.Sockets;

/// <summary>
/// A piece of memory that does not move, so that the kernel may write to it; goes back to its pool when it is disposed of.
/// </summary>
internal sealed class Block(BlockPool pool, int size) : IMemoryOwner<byte>
{
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(size, pinned: true);
    private int _isRented;

    public Memory<byte> Memory => _bytes;

    /// <summary>The block that the pool keeps below this one.</summary>
    public Block? Next { get; set; }

    public Block Rented()
    {
        _isRented = 1;
        return this;
    }

    public void Dispose()
    {
        // A second return would give the same memory to two connections.
        if (Interlocked.Exchange(ref _isRented, 0) != 0)
        {
            pool.Return(this);
        }
    }
}
