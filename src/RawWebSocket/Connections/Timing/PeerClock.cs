namespace RawWebSocket.Connections.Timing;

/// <summary>
/// The time that peers are held to. It goes from beat to beat, and only as far as this side was able to hear: a beat that comes late,
/// because the process or its machine stood still, counts as one, and no time passes while the process is behind with its own work, for a
/// minute at most.
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

    private Moment _last = new(time.GetTimestamp(), time.GetTimestamp(), TimeSpan.Zero, CalmAt: 0, Excused: TimeSpan.Zero);

    /// <summary>
    /// So much time may be excused because the process is behind; time that counts makes up for as much. So a process that is always behind
    /// still holds its peers to half of the time, since nobody may live without a limit.
    /// </summary>
    public static TimeSpan MostExcused => TimeSpan.FromMinutes(1);

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
    public void Start(TimeSpan beat) => Volatile.Write(ref _last, new(time.GetTimestamp(), Now, MostBeats * beat, _last.CalmAt, _last.Excused));

    /// <summary>Beats; returns the timestamp.</summary>
    /// <param name="beat">How much time is between two beats.</param>
    public long Beat(TimeSpan beat)
    {
        var last = _last;
        var now = time.GetTimestamp();
        var elapsed = time.GetElapsedTime(last.Real, now);
        var (counts, calmAt) = (elapsed, last.CalmAt);
        var mayExcuse = last.Excused + elapsed <= MostExcused;
        if (isBehind?.Invoke(beat) == true && mayExcuse)
        {
            (counts, calmAt) = (TimeSpan.Zero, now + ToTimestamp(MostBeats * beat));
        }
        else if (elapsed > MostBeats * beat)
        {
            (counts, calmAt) = (beat, now + ToTimestamp(MostBeats * beat));
        }
        else if (last.Real < calmAt && mayExcuse)
        {
            // What waited is passed on from one queue to the next before it is heard.
            counts = TimeSpan.Zero;
        }

        var peers = last.Peers + ToTimestamp(counts);
        var excused = counts > TimeSpan.Zero ? last.Excused - counts : last.Excused + elapsed;
        Volatile.Write(ref _last, new(now, peers, MostBeats * beat, calmAt, excused > TimeSpan.Zero ? excused : TimeSpan.Zero));
        return peers;
    }

    private long ToTimestamp(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    /// <summary>A beat.</summary>
    /// <param name="Real">When it was, by the clock behind.</param>
    /// <param name="Peers">The same by this clock.</param>
    /// <param name="Longest">How much time may pass before the next.</param>
    /// <param name="CalmAt">From when on time counts again, by the clock behind.</param>
    /// <param name="Excused">How much time has been excused and not been made up for yet.</param>
    private sealed record Moment(long Real, long Peers, TimeSpan Longest, long CalmAt, TimeSpan Excused);
}
