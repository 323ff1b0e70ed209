using System.Net.WebSockets;

namespace RawWebSocket.Connections;

/// <summary>How everyone is sent away when the host stops.</summary>
/// <param name="Code">1001 or 1012.</param>
/// <param name="Spread">
/// Over how long the closing handshakes begin, for <see cref="ShutdownWaves.FullSpreadCount"/> connections or more.
/// </param>
/// <param name="Patience">How long after the beginning whoever is still there is aborted.</param>
internal sealed record ShutdownPlan(WebSocketCloseStatus Code, TimeSpan Spread, TimeSpan Patience)
{
    public const string Reason = "The server is shutting down.";

    // The part of the host's time that is left to the server for ending the transports.
    private const double Reserve = 0.1;

    /// <summary>A plan that fits into the host's time to stop, closing handshakes included.</summary>
    /// <param name="options">What was wished for.</param>
    /// <param name="hostTimeout">The host's time to stop.</param>
    /// <param name="closeTimeout">How long a closing handshake may take.</param>
    public static ShutdownPlan Fit(RawWebSocketServerOptions options, TimeSpan hostTimeout, TimeSpan closeTimeout)
    {
        // A host without a limit, or with none to speak of, is given the most that a timer takes.
        var isLimited = hostTimeout > TimeSpan.Zero && hostTimeout < TimeSpan.FromDays(1);
        var patience = isLimited ? hostTimeout * (1 - Reserve) : TimeSpan.FromDays(1);
        var room = patience - closeTimeout;
        var spread = room <= TimeSpan.Zero ? TimeSpan.Zero : room < options.ShutdownSpread ? room : options.ShutdownSpread;
        return new ShutdownPlan(options.ShutdownCloseStatus, spread, patience);
    }
}

/// <summary>
/// Closes the connections that were open when the host began to stop: in an order drawn by lot, spread over some time, so that the
/// clients do not all come back at once. Moved on by the heartbeat.
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
    private readonly Connection[] _connections;
    private readonly TimeSpan _spread;
    private readonly long _begunAt;
    private int _closed;
    private bool _isOver;

    /// <param name="time">The clock.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="everyone">Who is open, whenever it is looked at: now, for the waves, and again when patience is over.</param>
    public ShutdownWaves(TimeProvider time, ShutdownPlan plan, IEnumerable<Connection> everyone)
    {
        _time = time;
        _plan = plan;
        _everyone = everyone;
        _connections = [.. everyone];
        _spread = plan.Spread * Math.Min(1.0, (double)_connections.Length / FullSpreadCount);
        _begunAt = time.GetTimestamp();
        Random.Shared.Shuffle(_connections);
    }

    /// <summary>Starts the closing handshake with one; what was sent before leaves first.</summary>
    public void Close(Connection connection) => connection.StartClose(_plan.Code, ShutdownPlan.Reason, StreamedMessage.IsFinished);

    /// <summary>Closes those whose time has come, and aborts everyone when the host's time is nearly over.</summary>
    public void Advance()
    {
        lock (_gate)
        {
            CloseDue();
        }
    }

    /// <summary>Closes the rest at once: there is no more time.</summary>
    public void Finish()
    {
        lock (_gate)
        {
            CloseUntil(_connections.Length);
        }
    }

    private void CloseUntil(int due)
    {
        while (_closed < due && _closed < _connections.Length)
        {
            Close(_connections[_closed++]);
        }
    }

    private void CloseDue()
    {
        var elapsed = _time.GetElapsedTime(_begunAt);
        CloseUntil(elapsed >= _spread ? _connections.Length : 1 + (int)(_connections.Length * (elapsed / _spread)));

        if (elapsed >= _plan.Patience && !_isOver)
        {
            _isOver = true;
            foreach (var connection in _everyone)
            {
                connection.AbortAtLast("The host's time to stop was over.", WebSocketLimit.Shutdown);
            }
        }
    }
}
