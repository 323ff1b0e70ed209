using Microsoft.Extensions.Logging;
using RawWebSocket.Diagnostics;

namespace RawWebSocket.Hosting;

/// <summary>
/// Lets nobody in while the process is short of memory. The real figures decide, because nobody knows beforehand what an application needs
/// for each connection. Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="options">How much may be used.</param>
/// <param name="logger">Told when it begins.</param>
/// <param name="read">Takes the figures.</param>
/// <param name="collect">Starts a garbage collection and does not wait for it.</param>
internal sealed class MemoryGate(
    TimeProvider time, RawWebSocketServerOptions options, ILogger logger, Func<MemoryReading> read, Action collect)
{
    // Many newcomers may come in a millisecond; what they do to the memory takes longer.
    private static readonly TimeSpan Valid = TimeSpan.FromMilliseconds(100);

    // Some of what is used may be garbage, and a process that lets nobody in may allocate nothing that would make the collector look.
    private static readonly TimeSpan BetweenCollections = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromMinutes(1);

    private long? _collected;
    private long? _warned;
    private long _readAt;
    private int _isReading;
    private bool _hasRead;
    private volatile bool _isClosed;

    /// <summary>Whether nobody is let in.</summary>
    public bool IsClosed
    {
        get
        {
            // Whoever comes while another reads goes by what was read last.
            if (Interlocked.Exchange(ref _isReading, 1) == 0)
            {
                try
                {
                    Look(time.GetTimestamp());
                }
                finally
                {
                    Volatile.Write(ref _isReading, 0);
                }
            }

            return _isClosed;
        }
    }

    private void Look(long now)
    {
        if (_hasRead && time.GetElapsedTime(_readAt, now) < Valid)
        {
            return;
        }

        (_hasRead, _readAt) = (true, now);
        var reading = read();
        _isClosed = reading.IsShort(options.MaxMemoryLoad);
        if (!_isClosed)
        {
            return;
        }

        if (IsOver(_collected, BetweenCollections, now))
        {
            _collected = now;
            collect();
        }

        if (IsOver(_warned, BetweenWarnings, now))
        {
            _warned = now;
            Log.MemoryShort(logger, reading.Heap, reading.MaxHeap, reading.Own, options.MaxMemoryLoad);
        }
    }

    private bool IsOver(long? since, TimeSpan period, long now) => since is not { } then || time.GetElapsedTime(then, now) >= period;
}
