using System.Runtime;

namespace RawWebSocket.Connections.Receiving;

/// <summary>
/// Protects the threads that poll the sockets from an endpoint whose code blocks them: trips when it has kept one for too long twice
/// within a minute, and from then on the endpoint runs on the thread pool.
/// </summary>
/// <remarks>
/// Once can happen to anybody: a first exception, a whole machine that stood still. The second time begins after the first was noticed, so
/// that one such moment counts once, however long it lasts and however many threads it holds up.
/// </remarks>
/// <param name="time">The clock.</param>
/// <param name="limit">How long it may keep a thread.</param>
/// <param name="onTripped">Told once how long it was.</param>
internal sealed class InlineGuard(TimeProvider time, TimeSpan limit, Action<TimeSpan> onTripped)
{
    private readonly Lock _gate = new();

    // Of the latest offence: when it was noticed, and when it was last seen to go on.
    private (long NoticedAt, long SeenAt)? _offence;
    private int _trips;

    /// <summary>How long after an offence the next may begin, and still be the second.</summary>
    public static TimeSpan Memory => TimeSpan.FromMinutes(1);

    public bool HasTripped => Volatile.Read(ref _trips) != 0;

    public long Now => time.GetTimestamp();

    /// <summary>
    /// What the process has spent so far on things that no endpoint can help: collections that stop whoever runs, and the compiling of
    /// code that runs for the first time, on whatever thread.
    /// </summary>
    public static TimeSpan Excused => GC.GetTotalPauseDuration() + JitInfo.GetCompilationTime();

    /// <summary>Judges a run that has come to a timestamp, ended or not.</summary>
    /// <param name="since">The timestamp when it began.</param>
    /// <param name="excused">What was <see cref="Excused"/> then.</param>
    /// <param name="now">The timestamp.</param>
    /// <param name="thread">The thread that it has; what that waited for a processor is not the application's doing.</param>
    /// <returns>Whether it has taken longer than it may, whatever the reason.</returns>
    public bool Judge(long since, TimeSpan excused, long now, PollingThread? thread = null)
    {
        var elapsed = time.GetElapsedTime(since, now);
        if (elapsed <= limit)
        {
            return false;
        }

        if (elapsed - (Excused - excused) > limit
            && elapsed - (Excused - excused) - (thread?.WaitedSince(since) ?? TimeSpan.Zero) > limit
            && IsSecondOffence(since, now)
            && Interlocked.Exchange(ref _trips, 1) == 0)
        {
            onTripped(elapsed);
        }

        return true;
    }

    private bool IsSecondOffence(long since, long now)
    {
        lock (_gate)
        {
            if (_offence is not { } last || time.GetElapsedTime(last.SeenAt, since) > Memory)
            {
                _offence = (now, now);
                return false;
            }

            if (since < last.NoticedAt)
            {
                _offence = last with { SeenAt = Math.Max(last.SeenAt, now) };
                return false;
            }

            return true;
        }
    }
}
