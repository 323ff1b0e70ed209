namespace RawWebSocket.Connections.Receiving;

/// <summary>One connection's use of the thread that polls its socket: from when on the application has it, if it does.</summary>
/// <remarks>Begun and ended by the thread that runs the application; looked at by the heartbeat's.</remarks>
/// <param name="guard">Its endpoint's.</param>
/// <param name="own">The connection, if its transport can be told that the application does not run on that thread any more.</param>
internal sealed class InlineRun(InlineGuard guard, IHandedOverConnection? own = null)
{
    private const long None = -1;

    private long _since = None;
    private TimeSpan _excused;
    private PollingThread? _thread;

    /// <summary>
    /// Whether this thread polls sockets. The thread pool makes up for threads that are blocked; those that poll are as many as there will
    /// ever be.
    /// </summary>
    public static bool IsPollingThread => !Thread.CurrentThread.IsThreadPoolThread;

    /// <summary>Whether this thread is not for the application any more; the transport is told, too.</summary>
    public bool LeavesThread()
    {
        if (!guard.HasTripped || !IsPollingThread)
        {
            return false;
        }

        if (own is not null)
        {
            own.RunsInline = false;
        }

        return true;
    }

    public void Begin()
    {
        if (!guard.HasTripped && IsPollingThread)
        {
            var now = guard.Now;
            _excused = InlineGuard.Excused;
            _thread = PollingThread.Current(now);
            Volatile.Write(ref _since, now);
        }
    }

    public void End()
    {
        if (_since != None)
        {
            var now = guard.Now;
            if (guard.Judge(_since, _excused, now, _thread))
            {
                // The next may follow at once, and is not to be excused for what this one waited.
                _thread?.TryNote(now);
            }

            Volatile.Write(ref _since, None);
        }
    }

    /// <summary>Looks at a run that has not ended, from another thread.</summary>
    public void Check(long now)
    {
        if (Volatile.Read(ref _since) is var since and not None)
        {
            guard.Judge(since, _excused, now, _thread);
        }
    }
}
