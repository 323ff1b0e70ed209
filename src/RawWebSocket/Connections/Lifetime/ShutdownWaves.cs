using RawWebSocket.Connections.Sending;

namespace RawWebSocket.Connections.Lifetime;

/// <summary>
/// Closes the connections that were open when the host began to stop: in an order drawn by lot, spread over some time, so that the
/// clients do not all come back at once; each when its handler has been told. Moved on by the heartbeat.
/// </summary>
internal sealed class ShutdownWaves
{
    /// <summary>How many connections it takes to use the whole spread. Fewer, as in a test, leave in proportionally less.</summary>
    public const int FullSpreadCount = 1000;

    /// <summary>The time between two waves.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ShutdownPlan _plan;
    private readonly IEnumerable<Connection> _everyone;
    private readonly Action<HeldUpStop> _onHeldUp;
    private readonly Connection[] _connections;
    private readonly HashSet<Connection> _untold;
    private readonly HashSet<Connection> _due = [];
    private readonly StoppingCrew _crew;
    private readonly TimeSpan _spread;
    private readonly long _begunAt;
    private int _closed;
    private bool _isTellingOver;
    private bool _isOver;

    /// <param name="time">The clock.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="everyone">Who is open, whenever it is looked at: now, for the waves, and again when patience is over.</param>
    /// <param name="onHeldUp">Told which endpoints hold the stop up.</param>
    public ShutdownWaves(TimeProvider time, ShutdownPlan plan, IEnumerable<Connection> everyone, Action<HeldUpStop> onHeldUp)
    {
        _time = time;
        _plan = plan;
        _everyone = everyone;
        _onHeldUp = onHeldUp;
        _connections = [.. everyone];
        _spread = plan.Spread * Math.Min(1.0, (double)_connections.Length / FullSpreadCount);
        _begunAt = time.GetTimestamp();
        Random.Shared.Shuffle(_connections);

        // In the order in which they leave.
        _crew = new(OnTold);
        _untold = [.. _connections.Where(static connection => connection.WantsToBeTold)];
        _crew.Add(_connections.Where(_untold.Contains));
    }

    /// <summary>Tells and closes one that was let in just before everyone was sent away.</summary>
    public void Close(Connection late)
    {
        lock (_gate)
        {
            if (!_isTellingOver && late.WantsToBeTold && _untold.Add(late))
            {
                _crew.Add([late]);
            }

            CloseWhenTold(late);
        }
    }

    /// <summary>Closes those whose time has come, and aborts everyone when the host's time is nearly over.</summary>
    public void Advance()
    {
        HeldUpStop[] heldUp;
        lock (_gate)
        {
            heldUp = CloseDue();
        }

        foreach (var endpoint in heldUp)
        {
            _onHeldUp(endpoint);
        }
    }

    /// <summary>Closes the rest at once: there is no more time. Those who are just being told are given a moment.</summary>
    public void Finish()
    {
        lock (_gate)
        {
            CloseUntil(_connections.Length);
        }

        SpinWait.SpinUntil(AllAreTold, TimeSpan.FromSeconds(1));
        lock (_gate)
        {
            StopTelling();
        }
    }

    private bool AllAreTold()
    {
        lock (_gate)
        {
            return _untold.Count == 0;
        }
    }

    private void OnTold(Connection connection)
    {
        lock (_gate)
        {
            _untold.Remove(connection);
            if (_due.Remove(connection))
            {
                StartClose(connection);
            }
        }
    }

    private void CloseUntil(int due)
    {
        while (_closed < due && _closed < _connections.Length)
        {
            CloseWhenTold(_connections[_closed++]);
        }
    }

    // Nobody waits for the handlers of others.
    private void CloseWhenTold(Connection connection)
    {
        if (_untold.Contains(connection) && !_isTellingOver)
        {
            _due.Add(connection);
        }
        else
        {
            StartClose(connection);
        }
    }

    private void StartClose(Connection connection) => connection.StartClose(_plan.Code, ShutdownPlan.Reason, StreamedMessage.IsFinished);

    private HeldUpStop[] CloseDue()
    {
        _crew.Reinforce();
        var elapsed = _time.GetElapsedTime(_begunAt);
        CloseUntil(elapsed >= _spread ? _connections.Length : 1 + (int)(_connections.Length * (elapsed / _spread)));
        List<HeldUpStop> heldUp = [];
        if (elapsed >= _plan.Telling && !_isTellingOver)
        {
            heldUp.AddRange(HeldUpStop.Of(_untold, elapsed, areBeingTold: true));
            StopTelling();
        }

        if (elapsed >= _plan.Patience && !_isOver)
        {
            _isOver = true;
            Connection[] left = [.. _everyone];
            heldUp.AddRange(HeldUpStop.Of(left, elapsed, areBeingTold: false));
            foreach (var connection in left)
            {
                connection.AbortAtLast("The host's time to stop was over.", WebSocketLimit.Shutdown);
            }
        }

        return [.. heldUp];
    }

    private void StopTelling()
    {
        _isTellingOver = true;
        foreach (var connection in _due)
        {
            StartClose(connection);
        }

        _due.Clear();
    }
}
