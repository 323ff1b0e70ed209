namespace RawWebSocket.Connections.Lifetime;

/// <summary>
/// Tells handlers that the host stops, several at once. Their code is synchronous and may block, so it runs on threads of its own and not
/// on the pool's, which are needed for everything else. There are more of them for as long as more are needed.
/// </summary>
/// <param name="onTold">Called when a handler has come to its end, by the thread that ran it.</param>
internal sealed class StoppingCrew(Action<Connection> onTold)
{
    /// <summary>How many threads there are at the beginning.</summary>
    public const int First = 4;

    /// <summary>How many threads there may be: so many handlers may block, and the others are still told.</summary>
    public const int Most = 128;

    // A handler is no place for deep recursion, and there may be many of these.
    private const int StackSize = 512 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<Connection> _waiting = new();
    private int _threads;
    private int _taken;
    private int _takenAtLastLook = -1;

    public void Add(IEnumerable<Connection> connections)
    {
        lock (_gate)
        {
            foreach (var connection in connections)
            {
                _waiting.Enqueue(connection);
            }

            Start(First - _threads);
        }
    }

    /// <summary>Called now and then: if some wait and nobody has come to them since the last time, there are twice as many threads.</summary>
    public void Reinforce()
    {
        lock (_gate)
        {
            if (_taken == _takenAtLastLook)
            {
                Start(Math.Min(Math.Max(_threads, 1), Most - _threads));
            }

            _takenAtLastLook = _taken;
        }
    }

    private void Start(int count)
    {
        for (count = Math.Min(count, _waiting.Count); count > 0; count--)
        {
            _threads++;
            new Thread(Work, StackSize) { IsBackground = true, Name = "RawWebSocket stopping" }.UnsafeStart();
        }
    }

    private void Work()
    {
        while (TryTake() is { } connection)
        {
            connection.TellStopping();
            onTold(connection);
        }
    }

    private Connection? TryTake()
    {
        lock (_gate)
        {
            if (_waiting.TryDequeue(out var connection))
            {
                _taken++;
                return connection;
            }

            _threads--;
            return null;
        }
    }
}
