using Microsoft.AspNetCore.Connections;

namespace RawWebSocket.Transport.Connections;

/// <summary>
/// The connections of a host that are over, but for what their peers have not taken yet. A peer that takes nothing for a while is reset.
/// They share a timer, which runs while there are any.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class Leftovers
{
    /// <summary>How long a peer may take nothing, but for the time to the next look.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Dictionary<EpollConnection, Rest> _rests = [];
    private readonly Lock _gate = new();

    public Leftovers(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(
            static leftovers => ((Leftovers)leftovers!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends a connection, as <see cref="EpollConnection.EndAsync"/> does, and sees to it that the peer takes what is left.</summary>
    public async ValueTask EndAsync(EpollConnection connection)
    {
        var ending = connection.EndAsync();
        if (connection.HasUnsent)
        {
            Add(connection);
        }

        await ending.ConfigureAwait(false);
        Remove(connection);
    }

    private void Add(EpollConnection connection)
    {
        var rest = new Rest(connection.UntakenBytes, _time.GetTimestamp());
        lock (_gate)
        {
            if (_rests.Count == 0)
            {
                _timer.Change(Period, Period);
            }

            _rests[connection] = rest;
        }
    }

    private void Remove(EpollConnection connection)
    {
        lock (_gate)
        {
            if (_rests.Remove(connection) && _rests.Count == 0)
            {
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Look()
    {
        List<EpollConnection> idle = [];
        lock (_gate)
        {
            foreach (var (connection, before) in _rests)
            {
                var untaken = connection.UntakenBytes;
                if (untaken != before.Bytes)
                {
                    _rests[connection] = new Rest(untaken, _time.GetTimestamp());
                }
                else if (_time.GetElapsedTime(before.Since) >= Limit)
                {
                    idle.Add(connection);
                }
            }
        }

        // Not under the lock: an abort tells others.
        idle.ForEach(static connection => connection.Drop(new ConnectionAbortedException(
            $"The peer has taken nothing of what was left to be sent for {Limit.TotalSeconds} s.")));
    }

    /// <summary>What the peer had not taken, and since when that is so.</summary>
    private readonly record struct Rest(long? Bytes, long Since);
}
