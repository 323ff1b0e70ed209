namespace RawWebSocket.Connections.Lifetime;

/// <summary>
/// Connections, each at a place of its own: all that is held for one is a reference, where a node of a dictionary would be five times that.
/// </summary>
/// <remarks>Thread-safe. It may be looked at while connections come and go; who does so in the meantime is seen or not.</remarks>
internal sealed class ConnectionTable
{
    private const int FirstSize = 16;

    private readonly Lock _gate = new();
    private readonly Stack<int> _free = new();
    private Connection?[] _places = [];
    private int _used;

    /// <summary>The connections, whenever it is enumerated.</summary>
    public IEnumerable<Connection> All
    {
        get
        {
            var places = Volatile.Read(ref _places);
            for (var place = 0; place < places.Length; place++)
            {
                if (Volatile.Read(ref places[place]) is { } connection)
                {
                    yield return connection;
                }
            }
        }
    }

    /// <summary>Gives a connection its place.</summary>
    public void Add(Connection connection)
    {
        lock (_gate)
        {
            if (!_free.TryPop(out var place))
            {
                // Counted only when there is room for it: there may be no memory for more.
                place = _used;
                Grow(place);
                _used++;
            }

            Volatile.Write(ref _places[place], connection);
            connection.Place = place;
        }
    }

    private void Grow(int place)
    {
        if (place == _places.Length)
        {
            var more = new Connection?[Math.Max(FirstSize, 2 * place)];
            _places.CopyTo(more, 0);
            Volatile.Write(ref _places, more);
        }
    }

    /// <summary>
    /// Makes a connection's place free for another. False when it has none: one that failed early may never have had any.
    /// </summary>
    public bool Remove(Connection connection)
    {
        lock (_gate)
        {
            var place = connection.Place;
            if (place >= _places.Length || _places[place] != connection)
            {
                return false;
            }

            Volatile.Write(ref _places[place], null);
            _free.Push(place);
            return true;
        }
    }
}
