using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace RawWebSocket.Transport.Sockets;

/// <summary>Makes Kestrel's memory pools, several for a host, and takes from them what they have not needed for a while.</summary>
internal sealed class BlockPoolFactory : IMemoryPoolFactory<byte>, IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<WeakReference<BlockPool>> _pools = [];
    private readonly BlockAllowance _allowance;
    private readonly int _blockSize;
    private readonly ITimer _timer;

    public BlockPoolFactory(TunedSocketsOptions options, TimeProvider time)
    {
        _allowance = new BlockAllowance(options.MaxKeptBytes / options.BlockSize);
        _blockSize = options.BlockSize;

        // The timer lives as long as the host, and would keep the ambient state of whoever asks for the first pool.
        using var flow = ExecutionContext.SuppressFlow();
        _timer = time.CreateTimer(
            static factory => ((BlockPoolFactory)factory!).Trim(), this, options.KeepUnusedFor, options.KeepUnusedFor);
    }

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null)
    {
        var pool = new BlockPool(_allowance, _blockSize);
        lock (_gate)
        {
            _pools.Add(new WeakReference<BlockPool>(pool));
        }

        return pool;
    }

    public void Dispose() => _timer.Dispose();

    private void Trim()
    {
        lock (_gate)
        {
            _pools.RemoveAll(static reference => !reference.TryGetTarget(out _));
            foreach (var reference in _pools)
            {
                if (reference.TryGetTarget(out var pool))
                {
                    pool.Trim();
                }
            }
        }
    }
}
