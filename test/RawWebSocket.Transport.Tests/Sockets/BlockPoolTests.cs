using System.Buffers;
using RawWebSocket.Tests;
using RawWebSocket.Transport.Sockets;

namespace RawWebSocket.Transport.Tests.Sockets;

public class BlockPoolTests
{
    private const int BlockSize = 64 * 1024;

    private readonly ManualTimeProvider _time = new();
    private readonly TunedSocketsOptions _options = new()
    {
        BlockSize = BlockSize,
        MaxKeptBytes = 4 * BlockSize,
        KeepUnusedFor = TimeSpan.FromSeconds(10),
    };

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(BlockSize)]
    public void Every_block_has_the_same_size(int wanted)
    {
        using var factory = MakeFactory();
        using var pool = factory.Create();
        using var block = pool.Rent(wanted);
        block.Memory.Length.ShouldBe(BlockSize);
    }

    [Fact]
    public void More_than_a_block_is_not_to_be_had()
    {
        using var factory = MakeFactory();
        using var pool = factory.Create();
        pool.MaxBufferSize.ShouldBe(BlockSize);
        Should.Throw<ArgumentOutOfRangeException>(() => pool.Rent(BlockSize + 1));
    }

    [Fact]
    public void What_was_given_back_last_is_lent_first_and_is_never_lent_twice()
    {
        using var factory = MakeFactory();
        using var pool = factory.Create();
        var (first, second) = (pool.Rent(), pool.Rent());
        first.Dispose();
        second.Dispose();
        second.Dispose();

        Kept(pool).ShouldBe(2);
        pool.Rent().ShouldBeSameAs(second);
        pool.Rent().ShouldBeSameAs(first);
        var third = pool.Rent();
        third.ShouldNotBeSameAs(first);
        third.ShouldNotBeSameAs(second);
    }

    [Fact]
    public void All_pools_together_keep_no_more_than_they_may()
    {
        using var factory = MakeFactory();
        using var one = factory.Create();
        using var other = factory.Create();
        ReturnAll(RentMany(one, 3));
        ReturnAll(RentMany(other, 3));
        (Kept(one), Kept(other)).ShouldBe((3, 1));

        using var taken = one.Rent();
        ReturnAll(RentMany(other, 3));
        (Kept(one), Kept(other)).ShouldBe((2, 2));
    }

    [Fact]
    public void Blocks_that_nobody_needs_for_a_while_are_let_go_and_the_others_stay()
    {
        using var factory = MakeFactory();
        using var pool = factory.Create();
        ReturnAll(RentMany(pool, 4));
        _time.Advance(_options.KeepUnusedFor);
        Kept(pool).ShouldBe(4, "they were in use when the time began");

        ReturnAll(RentMany(pool, 1));
        _time.Advance(_options.KeepUnusedFor);
        Kept(pool).ShouldBe(1);
        _time.Advance(_options.KeepUnusedFor);
        Kept(pool).ShouldBe(0);

        ReturnAll(RentMany(pool, 4));
        Kept(pool).ShouldBe(4, "what was let go makes room");
    }

    [Fact]
    public void A_pool_that_is_disposed_of_keeps_nothing_and_leaves_its_room_to_the_others()
    {
        using var factory = MakeFactory();
        var ended = factory.Create();
        using var other = factory.Create();
        var late = ended.Rent();
        ReturnAll(RentMany(ended, 4));
        ended.Dispose();
        late.Dispose();
        Kept(ended).ShouldBe(0);

        ReturnAll(RentMany(other, 4));
        Kept(other).ShouldBe(4);
    }

    [Fact]
    public void A_factory_that_is_disposed_of_leaves_no_timer()
    {
        MakeFactory().Dispose();
        _time.ActiveTimers.ShouldBe(0);
    }

    [Fact]
    public void Threads_that_rent_and_return_at_once_never_share_a_block()
    {
        using var factory = MakeFactory();
        using var pool = factory.Create();
        Parallel.For(0, 8, number =>
        {
            for (var i = 0; i < 500; i++)
            {
                using var block = pool.Rent();
                var marks = block.Memory.Span[..16];
                marks.Fill((byte)number);
                if (i % 50 == 0)
                {
                    _time.Advance(_options.KeepUnusedFor);
                }

                marks.IndexOfAnyExcept((byte)number).ShouldBe(-1);
            }
        });
        Kept(pool).ShouldBeLessThanOrEqualTo(4);
    }

    private BlockPoolFactory MakeFactory() => new(_options, _time);

    private static int Kept(MemoryPool<byte> pool) => ((BlockPool)pool).Kept;

    private static List<IMemoryOwner<byte>> RentMany(MemoryPool<byte> pool, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => pool.Rent())];

    private static void ReturnAll(List<IMemoryOwner<byte>> blocks) => blocks.ForEach(static block => block.Dispose());
}
