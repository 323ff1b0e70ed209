using System.Collections.Concurrent;

namespace RawWebSocket.Compression;

/// <summary>The compressors and decompressors that all connections share, and how many connections may keep one.</summary>
/// <remarks>Thread-safe. What has thrown is not given back; its finalizer frees it.</remarks>
/// <param name="maxAttached">How many compressors connections may keep to themselves at a time.</param>
internal sealed class ZlibPools(int maxAttached)
{
    // As many as there are settings of endpoints and windows that clients may ask for.
    private readonly ConcurrentDictionary<DeflateSettings, ProcessorPool<Deflater>> _deflaters = new();
    private readonly ProcessorPool<Inflater> _inflaters = new(static () => new Inflater());
    private int _attached;

    /// <summary>How many compressors are kept by connections.</summary>
    public int Attached => Volatile.Read(ref _attached);

    /// <summary>A compressor that knows nothing of any message.</summary>
    public Deflater RentDeflater(DeflateSettings settings) =>
        _deflaters.GetOrAdd(settings, static settings => new(() => new Deflater(settings))).Rent();

    /// <summary>Gives back a compressor that has forgotten what it was given.</summary>
    public void Return(Deflater deflater) => _deflaters[deflater.Settings].Return(deflater);

    public Inflater RentInflater() => _inflaters.Rent();

    public void Return(Inflater inflater)
    {
        // Through it the connection would stay, for as long as nobody needs this one again.
        inflater.Forget();
        _inflaters.Return(inflater);
    }

    /// <summary>Whether one connection more may keep its compressor; if so, <see cref="Detach"/> must follow.</summary>
    public bool TryAttach()
    {
        if (Interlocked.Increment(ref _attached) <= maxAttached)
        {
            return true;
        }

        Detach();
        return false;
    }

    public void Detach() => Interlocked.Decrement(ref _attached);

    /// <summary>Frees what has not been used since the last time.</summary>
    public void Trim()
    {
        foreach (var (_, pool) in _deflaters)
        {
            pool.Trim();
        }

        _inflaters.Trim();
    }
}
