using RawWebSocket.Connections.Timing;

namespace RawWebSocket.Connections.Lifetime;

/// <summary>
/// The connections that are open, and the one timer that looks at the time limits of them all, once a beat. It beats only while there
/// are connections.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="onFailure">Told of exceptions that nobody else would see.</param>
/// <param name="isBehind">Whether the process is behind with its own work by more than a beat; by default the thread pool is asked.</param>
internal sealed class OpenConnections(
    TimeProvider time, Action<Connection?, Exception> onFailure, Func<TimeSpan, bool>? isBehind = null) : IDisposable
{
    private static readonly TimeSpan SlowestBeat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FastestBeat = TimeSpan.FromMilliseconds(20);

    // By so much less nobody calls a process late or behind, however often it looks: when the host stops it looks twenty times a second.
    private static readonly TimeSpan FastestPeersBeat = TimeSpan.FromMilliseconds(250);

    private readonly ConnectionTable _connections = new();
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private TimeSpan _beat = SlowestBeat;
    private TimeSpan _peersBeat = SlowestBeat;
    private int _count;
    private int _beating;
    private ShutdownWaves? _shutdown;

    public int Count => Volatile.Read(ref _count);

    /// <summary>The connections; may be looked at while they come and go.</summary>
    public IEnumerable<Connection> All => _connections.All;

    /// <summary>The time that the peers are held to.</summary>
    public PeerClock Peers { get; } = new(time, isBehind ?? ProbeFor(time));

    /// <summary>Told of endpoints that hold up the stopping of the host.</summary>
    public Action<HeldUpStop>? OnHeldUp { get; set; }

    /// <summary>Called at every beat.</summary>
    public Action? OnBeat { get; set; }

    /// <summary>Makes the beat quick enough to keep an endpoint's limits to within a quarter.</summary>
    public void Serve(RawWebSocketOptions options)
    {
        lock (_gate)
        {
            foreach (var limit in (ReadOnlySpan<TimeSpan>)
                [
                    options.KeepAliveInterval, options.KeepAliveTimeout, options.CloseTimeout, options.SendTimeout,
                    options.MessageTimeout, options.IdleTimeout, options.MaxLifetime,
                ])
            {
                if (limit > TimeSpan.Zero && limit / 4 < _beat)
                {
                    _beat = limit / 4 > FastestBeat ? limit / 4 : FastestBeat;
                }
            }

            _peersBeat = _beat > FastestPeersBeat ? _beat : FastestPeersBeat;
            SetTimer();
        }
    }

    public void Add(Connection connection)
    {
        _connections.Add(connection);
        ShutdownWaves? shutdown;
        lock (_gate)
        {
            if (++_count == 1)
            {
                _timer ??= Ambient.Without(this, static open => open.CreateTimer());
                SetTimer();
            }

            shutdown = _shutdown;
        }

        // One that was let in just before everyone was sent away.
        if (shutdown is not null)
        {
            shutdown.Close(connection);
        }
    }

    public void Remove(Connection connection)
    {
        var wasOpen = _connections.Remove(connection);
        lock (_gate)
        {
            if (wasOpen && --_count == 0)
            {
                _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Starts to tell and close everyone, wave by wave, and whoever is still let in. Waits for none of them.</summary>
    public void CloseAll(ShutdownPlan plan)
    {
        lock (_gate)
        {
            _shutdown = new ShutdownWaves(time, plan, All, endpoint => OnHeldUp?.Invoke(endpoint));
            _beat = _beat < ShutdownWaves.Beat ? _beat : ShutdownWaves.Beat;
            SetTimer();
        }

        _shutdown.Advance();
    }

    // Under the lock, so that the peers' clock and the timer begin together.
    private void SetTimer()
    {
        if (_count > 0)
        {
            Peers.Start(_peersBeat);
            _timer?.Change(_beat, _beat);
        }
    }

    /// <summary>Tells of an exception where there is nobody to catch it: in the callback of a timer it would end the process.</summary>
    /// <param name="connection">The connection that it came from; null when it came from none.</param>
    /// <param name="exception">What was thrown.</param>
    public void OnFailure(Connection? connection, Exception exception) => onFailure(connection, exception);

    public void Dispose()
    {
        // A server that does not wait for its connections, as TestServer, may be gone before the last wave.
        _shutdown?.Finish();
        _timer?.Dispose();
    }

    // The pool goes by the time of the system. A clock of the application's own, such as a test's, cannot be compared with that.
    private static Func<TimeSpan, bool> ProbeFor(TimeProvider time) =>
        time == TimeProvider.System ? new PoolProbe().IsBehind : static _ => false;

    private ITimer CreateTimer() => time.CreateTimer(
        static state => ((OpenConnections)state!).Beat(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    private void Beat()
    {
        // A beat that takes longer than the time between two is not overtaken by the next.
        if (Interlocked.Exchange(ref _beating, 1) != 0)
        {
            return;
        }

        try
        {
            OnBeat?.Invoke();
            _shutdown?.Advance();
            LookAtAll(BeatPeers());
        }
        catch (Exception exception)
        {
            OnFailure(null, exception);
        }
        finally
        {
            Volatile.Write(ref _beating, 0);
        }
    }

    private long BeatPeers()
    {
        lock (_gate)
        {
            return Peers.Beat(_peersBeat);
        }
    }

    private void LookAtAll(long now)
    {
        foreach (var connection in _connections.All)
        {
            try
            {
                connection.OnHeartbeat(now);
            }
            catch (Exception exception)
            {
                OnFailure(connection, exception);
            }
        }
    }
}
