using System.Runtime;

namespace RawWebSocket.Connections;

/// <summary>
/// Protects the threads that poll the sockets from an endpoint whose code blocks them: trips when it has kept one for too long, and from
/// then on the endpoint runs on the thread pool.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="limit">How long it may keep a thread.</param>
/// <param name="onTripped">Told once how long it was.</param>
internal sealed class InlineGuard(TimeProvider time, TimeSpan limit, Action<TimeSpan> onTripped)
{
    private int _trips;
    private long _excusedCollection;
    private long _excusedCompilation;

    public bool HasTripped => Volatile.Read(ref _trips) != 0;

    public long Now => time.GetTimestamp();

    /// <summary>Judges a run that began at one timestamp and has come to another.</summary>
    public void Judge(long since, long now)
    {
        var elapsed = time.GetElapsedTime(since, now);
        if (elapsed > limit && elapsed - UnexcusedPause() - UnexcusedCompilation() > limit && Interlocked.Exchange(ref _trips, 1) == 0)
        {
            onTripped(elapsed);
        }
    }

    // A collection stops whoever runs, and no endpoint can help that. Each excuses one run only.
    private TimeSpan UnexcusedPause()
    {
        var last = GC.GetGCMemoryInfo(GCKind.Any);
        return Interlocked.Exchange(ref _excusedCollection, last.Index) != last.Index && last.PauseDurations is [var first, var second]
            ? first + second
            : TimeSpan.Zero;
    }

    // Nor that its code, or the runtime's, is compiled when it first runs. All threads' is excused, and none of it twice, so a run that
    // blocks while the process starts may be excused, but not the next.
    private TimeSpan UnexcusedCompilation()
    {
        var all = JitInfo.GetCompilationTime().Ticks;
        return TimeSpan.FromTicks(Math.Max(0, all - Interlocked.Exchange(ref _excusedCompilation, all)));
    }
}
