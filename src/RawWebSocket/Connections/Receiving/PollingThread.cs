namespace RawWebSocket.Connections.Receiving;

/// <summary>
/// A thread that polls sockets: how long it has waited for a processor that others had. Linux counts that for each thread, and the heartbeat
/// notes it now and then, so that a run costs nothing and yet can be told how much of its time was such a wait.
/// </summary>
internal sealed class PollingThread
{
    private static readonly Lock Gate = new();
    private static readonly List<PollingThread> Known = [];

    [ThreadStatic]
    private static PollingThread? _current;

    private readonly Func<TimeSpan?> _readWait;
    private Note _earlier;
    private Note _latest;

    /// <param name="readWait">How long the thread has waited in all; null when it has ended, or the system does not tell.</param>
    /// <param name="now">The timestamp.</param>
    public PollingThread(Func<TimeSpan?> readWait, long now)
    {
        _readWait = readWait;
        _earlier = _latest = new Note(now, readWait() ?? TimeSpan.Zero);
    }

    /// <summary>The calling thread.</summary>
    /// <param name="now">The timestamp.</param>
    public static PollingThread Current(long now) => _current ??= Register(now);

    /// <summary>Notes how long each of them has waited so far.</summary>
    /// <param name="now">The timestamp.</param>
    public static void NoteAll(long now)
    {
        lock (Gate)
        {
            Known.RemoveAll(thread => !thread.TryNote(now));
        }
    }

    /// <summary>Notes how long it has waited so far; false when that cannot be known any more.</summary>
    public bool TryNote(long now)
    {
        if (_readWait() is not { } waited)
        {
            return false;
        }

        lock (_readWait)
        {
            (_earlier, _latest) = (_latest, new Note(now, waited));
            return true;
        }
    }

    /// <summary>How long at most it has waited for a processor since a timestamp; zero when that cannot be known.</summary>
    public TimeSpan WaitedSince(long since)
    {
        if (_readWait() is not { } waited)
        {
            return TimeSpan.Zero;
        }

        lock (_readWait)
        {
            var before = _latest.At <= since ? _latest : _earlier;
            return waited - before.Waited;
        }
    }

    private static PollingThread Register(long now)
    {
        var thread = new PollingThread(ProcessorWait.OfCurrentThread(), now);
        lock (Gate)
        {
            Known.Add(thread);
        }

        return thread;
    }

    private readonly record struct Note(long At, TimeSpan Waited);
}
