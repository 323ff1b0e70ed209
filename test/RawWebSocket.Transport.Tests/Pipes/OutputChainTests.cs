using System.Buffers;
using RawWebSocket.Transport.Output;

namespace RawWebSocket.Transport.Tests.Pipes;

public sealed class OutputChainTests
{
    [Fact]
    public void Many_short_flushes_to_a_peer_that_does_not_read_hold_little_more_than_their_bytes()
    {
        const int Flushes = 10_000;
        using var pool = new CountingPool();
        var queue = new OutputChain(pool);
        for (var i = 0; i < Flushes; i++)
        {
            var written = new OutputChain(pool);
            written.Copy([(byte)i, (byte)(i >> 8)]);
            written.MoveTo(ref queue);
        }

        queue.Length.ShouldBe(2 * Flushes);
        pool.Held.ShouldBeLessThanOrEqualTo((2 * Flushes / CountingPool.BlockSize) + 1);
        var number = 0;
        for (var segment = queue.Head; segment is not null; segment = segment.Next)
        {
            for (var rest = segment.Filled; !rest.IsEmpty; rest = rest[2..], number++)
            {
                rest.Span[..2].ToArray().ShouldBe([(byte)number, (byte)(number >> 8)]);
            }
        }

        number.ShouldBe(Flushes);
        queue.Clear();
        pool.Held.ShouldBe(0);
    }

    private sealed class CountingPool : MemoryPool<byte>
    {
        public const int BlockSize = 4096;

        public int Held { get; private set; }

        public override int MaxBufferSize => BlockSize;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            Held++;
            return new Block(this);
        }

        protected override void Dispose(bool disposing)
        {
        }

        private sealed class Block(CountingPool pool) : IMemoryOwner<byte>
        {
            public Memory<byte> Memory { get; } = new byte[BlockSize];

            public void Dispose() => pool.Held--;
        }
    }
}
