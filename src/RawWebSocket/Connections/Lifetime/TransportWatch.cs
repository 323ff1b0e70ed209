using Microsoft.Extensions.Logging;
using RawWebSocket.Diagnostics;

namespace RawWebSocket.Connections.Lifetime;

/// <summary>
/// Keeps the transport budget: what the server has read ahead of us, or not sent yet, is not ours to refuse, so when all connections
/// together hold too much of it, those that hold most are aborted. Looks only while there are so many that they could, and the less often
/// the less they hold.
/// </summary>
internal sealed class TransportWatch : IDisposable
{
    // Some more is shed than must be, so that the very next read does not exceed the budget again.
    private const int Slack = 16;

    // As fast as a server fills its buffers at most, by far: in one period, no more than a quarter of the budget is added.
    private const long BytesPerSecond = 1L << 30;
    private const int PartPerPeriod = 4;

    private static readonly TimeSpan ShortestPeriod = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromSeconds(1);

    private readonly OpenConnections _open;
    private readonly Lazy<TransportRoom> _room;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private int _isWatching;
    private int _isLooking;
    private int _periodsToSpare;

    /// <param name="open">The connections.</param>
    /// <param name="room">What they may hold; asked for with the first connection, when the server has started.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told who is aborted.</param>
    public TransportWatch(OpenConnections open, Func<TransportRoom> room, TimeProvider time, ILogger logger)
    {
        _open = open;
        _room = new(room);
        _logger = logger;
        _timer = time.CreateTimer(
            static watch => ((TransportWatch)watch!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether it looks.</summary>
    public bool IsWatching => Volatile.Read(ref _isWatching) != 0;

    /// <summary>How often, when it does.</summary>
    public TimeSpan Period
    {
        get
        {
            var period = TimeSpan.FromSeconds((double)_room.Value.Budget / PartPerPeriod / BytesPerSecond);
            return period < ShortestPeriod ? ShortestPeriod : period > LongestPeriod ? LongestPeriod : period;
        }
    }

    /// <summary>Another connection is let in.</summary>
    public void OnNewcomer()
    {
        if (IsNeeded && Interlocked.Exchange(ref _isWatching, 1) == 0)
        {
            // How much was held when it last looked says nothing any more.
            _periodsToSpare = 0;
            _timer.Change(Period, Period);
        }
    }

    public void Dispose() => _timer.Dispose();

    private bool IsNeeded => _open.Count >= _room.Value.SafeConnections;

    private void Look()
    {
        if (Interlocked.Exchange(ref _isLooking, 1) != 0)
        {
            return;
        }

        try
        {
            if (!IsNeeded)
            {
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                Volatile.Write(ref _isWatching, 0);

                // One who came in between found it watching.
                OnNewcomer();
            }

            if (_periodsToSpare > 0)
            {
                _periodsToSpare--;
                return;
            }

            Shed(_room.Value);
        }
        catch (Exception exception)
        {
            // In the callback of a timer it would end the process.
            _open.OnFailure(null, exception);
        }
        finally
        {
            Volatile.Write(ref _isLooking, 0);
        }
    }

    private void Shed(TransportRoom room)
    {
        var held = 0L;
        foreach (var connection in _open.All)
        {
            held += connection.HasEnded ? 0 : connection.TransportBytes(room);
        }

        var excess = held - room.Budget;
        if (excess <= 0)
        {
            // A look costs something for every connection. While little is held, it takes many periods to fill the budget.
            _periodsToSpare = (int)(-excess / (BytesPerSecond * Period.TotalSeconds));
            return;
        }

        excess += room.Budget / Slack;
        var worst = _open.All.Where(static connection => !connection.HasEnded)
            .Select(connection => (Connection: connection, Held: connection.TransportBytes(room)))
            .OrderByDescending(static entry => entry.Held);
        var (count, bytes) = (0, 0L);
        foreach (var (connection, its) in worst)
        {
            if (bytes >= excess || its == 0)
            {
                break;
            }

            connection.Abort(
                $"The transport budget was exceeded, and the server's buffers for this connection held {its} bytes.",
                WebSocketLimit.Memory);
            count++;
            bytes += its;
        }

        Log.TransportShed(_logger, room.Budget, count, bytes);
    }
}
