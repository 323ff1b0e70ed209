using System.Buffers;
using RawWebSocket.Fuzz.Engine;

namespace RawWebSocket.Fuzz.Connections;

/// <summary>
/// The memory of a transport's pipes: counts what is out, and spoils what comes back, so that it shows when a payload is used after its
/// memory was given back.
/// </summary>
internal sealed class CountingMemoryPool : MemoryPool<byte>
{
    // Small, so that messages lie across blocks.
    private const int BlockSize = 512;
    private const byte Spoilt = 0xDB;

    private int _out;

    /// <summary>How many blocks have not been given back.</summary>
    public int Out => Volatile.Read(ref _out);

    public override int MaxBufferSize => 1 << 20;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        Interlocked.Increment(ref _out);
        return new Block(this, new byte[Math.Max(BlockSize, minBufferSize)]);
    }

    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Block(CountingMemoryPool pool, byte[] bytes) : IMemoryOwner<byte>
    {
        private int _returned;

        public Memory<byte> Memory => bytes;

        public void Dispose()
        {
            Invariant.Holds(Interlocked.Exchange(ref _returned, 1) == 0, "A block is given back once.");
            bytes.AsSpan().Fill(Spoilt);
            Interlocked.Decrement(ref pool._out);
        }
    }
}
