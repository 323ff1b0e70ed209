namespace RawWebSocket.Compression;

/// <summary>
/// Things that cost much to make, kept for the next who needs one: at most one for each processor, since no more are used at a time by
/// code that does not wait between renting and returning.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ProcessorPool<T>(Func<T> make)
    where T : class, IDisposable
{
    private readonly T?[] _kept = new T?[Environment.ProcessorCount];
    private int _used;

    public T Rent()
    {
        Volatile.Write(ref _used, 1);
        var start = Start();
        for (var i = 0; i < _kept.Length; i++)
        {
            if (Interlocked.Exchange(ref _kept[(start + i) % _kept.Length], null) is { } kept)
            {
                return kept;
            }
        }

        return make();
    }

    /// <summary>Keeps it, or disposes of it where enough are kept.</summary>
    public void Return(T item)
    {
        var start = Start();
        for (var i = 0; i < _kept.Length; i++)
        {
            if (Interlocked.CompareExchange(ref _kept[(start + i) % _kept.Length], item, null) is null)
            {
                return;
            }
        }

        item.Dispose();
    }

    /// <summary>Disposes of what is kept, unless the pool has been used since the last time.</summary>
    public void Trim()
    {
        if (Interlocked.Exchange(ref _used, 0) == 0)
        {
            for (var i = 0; i < _kept.Length; i++)
            {
                Interlocked.Exchange(ref _kept[i], null)?.Dispose();
            }
        }
    }

    // What this processor used last is still in its cache.
    private int Start() => Thread.GetCurrentProcessorId() % _kept.Length;
}
