namespace RawWebSocket.Connections;

/// <summary>
/// The time that peers are held to. It goes from beat to beat, and only as far as this side was able to hear: a beat that comes late,
/// because the process or its machine stood still, counts as one, and no time passes while the process is behind with its own work, for up to
/// a minute at a time.
/// </summary>
/// <remarks>
/// Its timestamps are compared with <see cref="TimeProvider.GetElapsedTime(long, long)"/>, as those of the clock behind it, but only with
/// each other. Any thread may read it; one at a time moves it.
/// </remarks>
/// <param name="time">The clock behind it.</param>
/// <param name="isBehind">
/// Whether the process is behind with its own work by more than a beat. Asked once a beat; null when that cannot be known.
/// </param>
internal sealed class PeerClock(TimeProvider time, Func<TimeSpan, bool>? isBehind = null)
{
    /// <summary>So many beats may pass before the next counts as late. What came meanwhile is given the same time to be dealt with.</summary>
    public const int MostBeats = 2;

    private Moment _last = new(time.GetTimestamp(), time.GetTimestamp(), TimeSpan.Zero, CalmAt: 0, BehindSince: null);

    /// <summary>For so long at a time the process may be behind. Then time counts again, since nobody may live without a limit.</summary>
    public static TimeSpan LongestExcuse => TimeSpan.FromMinutes(1);

    /// <summary>Its timestamp.</summary>
    public long Now
    {
        get
        {
            var last = Volatile.Read(ref _last);
            var elapsed = time.GetElapsedTime(last.Real, time.GetTimestamp());
            return last.Peers + ToTimestamp(elapsed < last.Longest ? elapsed : last.Longest);
        }
    }

    /// <summary>
    /// Whether this side is or was just now unable to hear, so that what comes may have piled up and its pace says nothing about the peer.
    /// </summary>
    public bool IsCatchingUp
    {
        get
        {
            var last = Volatile.Read(ref _last);
            var now = time.GetTimestamp();
            return now < last.CalmAt || (last.Longest > TimeSpan.Zero && time.GetElapsedTime(last.Real, now) > last.Longest);
        }
    }

    /// <summary>Begins to beat, after a time in which nobody was held to anything.</summary>
    /// <param name="beat">How much time is between two beats.</param>
    public void Start(TimeSpan beat) => Volatile.Write(ref _last, new(time.GetTimestamp(), Now, MostBeats * beat, _last.CalmAt, BehindSince: null));

    /// <summary>Beats; returns the timestamp.</summary>
    /// <param name="beat">How much time is between two beats.</param>
    public long Beat(TimeSpan beat)
    {
        var last = _last;
        var now = time.GetTimestamp();
        var elapsed = time.GetElapsedTime(last.Real, now);
        var (counts, calmAt) = (elapsed, last.CalmAt);
        var behindSince = isBehind?.Invoke(beat) == true ? last.BehindSince ?? now : (long?)null;
        if (behindSince is { } since && time.GetElapsedTime(since, now) < LongestExcuse)
        {
            (counts, calmAt) = (TimeSpan.Zero, now + ToTimestamp(MostBeats * beat));
        }
        else if (elapsed > MostBeats * beat)
        {
            (counts, calmAt) = (beat, now + ToTimestamp(MostBeats * beat));
        }
        else if (last.Real < calmAt && behindSince is null)
        {
            // What waited is passed on from one queue to the next before it is heard.
            counts = TimeSpan.Zero;
        }

        var peers = last.Peers + ToTimestamp(counts);
        Volatile.Write(ref _last, new(now, peers, MostBeats * beat, calmAt, behindSince));
        return peers;
    }

    private long ToTimestamp(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    /// <summary>A beat.</summary>
    /// <param name="Real">When it was, by the clock behind.</param>
    /// <param name="Peers">The same by this clock.</param>
    /// <param name="Longest">How much time may pass before the next.</param>
    /// <param name="CalmAt">From when on time counts again, by the clock behind.</param>
    /// <param name="BehindSince">Since when the process has been behind without a pause, by the clock behind; null when it is not.</param>
    private sealed record Moment(long Real, long Peers, TimeSpan Longest, long CalmAt, long? BehindSince);
}
