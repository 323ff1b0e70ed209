using System.Diagnostics;

namespace RawWebSocket.Connections.Timing;

/// <summary>
/// Tells whether the thread pool is behind: it queues a work item that does nothing, and sees how long that waits. What peers have sent
/// waits as long, behind code that blocks the pool's threads.
/// </summary>
/// <remarks>It goes by the time of the system, as the pool does.</remarks>
internal sealed class PoolProbe : IThreadPoolWorkItem
{
    private long _queuedAt;
    private int _waits;

    /// <summary>Whether the work item has waited for longer. One that has run is queued again. Asked by one thread at a time.</summary>
    public bool IsBehind(TimeSpan limit)
    {
        if (Volatile.Read(ref _waits) != 0)
        {
            return Stopwatch.GetElapsedTime(_queuedAt) > limit;
        }

        _queuedAt = Stopwatch.GetTimestamp();
        Volatile.Write(ref _waits, 1);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return false;
    }

    void IThreadPoolWorkItem.Execute() => Volatile.Write(ref _waits, 0);
}
