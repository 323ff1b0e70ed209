using RawWebSocket.Compression;

namespace RawWebSocket.Tests.Compression;

public class ProcessorPoolTests
{
    private readonly ProcessorPool<Thing> _pool = new(() => new Thing());

    [Fact]
    public void What_was_given_back_is_rented_again()
    {
        var thing = _pool.Rent();
        _pool.Rent().ShouldNotBeSameAs(thing);
        _pool.Return(thing);
        _pool.Rent().ShouldBeSameAs(thing);
    }

    [Fact]
    public void No_more_are_kept_than_there_are_processors()
    {
        var things = Enumerable.Range(0, Environment.ProcessorCount + 5).Select(_ => _pool.Rent()).ToList();
        things.ForEach(_pool.Return);
        things.Count(thing => thing.IsDisposed).ShouldBe(5);
    }

    [Fact]
    public void What_was_not_used_between_two_trims_is_disposed_of()
    {
        var thing = _pool.Rent();
        _pool.Return(thing);
        _pool.Trim();
        thing.IsDisposed.ShouldBeFalse();
        _pool.Return(_pool.Rent());
        _pool.Trim();
        thing.IsDisposed.ShouldBeFalse();
        _pool.Trim();
        thing.IsDisposed.ShouldBeTrue();
        _pool.Rent().ShouldNotBeSameAs(thing);
    }

    [Fact]
    public void Nobody_shares_what_he_rented()
    {
        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                var thing = _pool.Rent();
                Interlocked.Increment(ref thing.Users).ShouldBe(1);
                thing.IsDisposed.ShouldBeFalse();
                Interlocked.Decrement(ref thing.Users);
                _pool.Return(thing);
                if (i % 100 == 0)
                {
                    _pool.Trim();
                }
            }
        });
    }

    private sealed class Thing : IDisposable
    {
        public int Users;

        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
