namespace RawWebSocket.Connections.Lifetime;

/// <summary>Counts the connections that live on without their requests: the server does not wait for them when the host stops.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class OutlivingConnections
{
    private readonly Lock _gate = new();
    private int _count;
    private TaskCompletionSource? _emptied;

    /// <summary>Ends when there is none.</summary>
    public Task Emptied
    {
        get
        {
            lock (_gate)
            {
                return _count == 0
                    ? Task.CompletedTask
                    : (_emptied ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }
    }

    public void Add()
    {
        lock (_gate)
        {
            _count++;
        }
    }

    public void Remove()
    {
        lock (_gate)
        {
            if (--_count == 0)
            {
                _emptied?.TrySetResult();
                _emptied = null;
            }
        }
    }
}
