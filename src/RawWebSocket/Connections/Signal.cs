namespace RawWebSocket.Connections;

/// <summary>
/// Wakes one waiter up to look again at what it waits for. A signal that comes while nobody waits is kept for the next wait.
/// </summary>
/// <remarks>Every connection has one, so it is its own lock. Setting it again before anyone has waited costs one read, so it may be set at every turn.</remarks>
internal sealed class Signal
{
    private TaskCompletionSource? _waiter;
    private volatile bool _isSet;

    public void Set()
    {
        if (_isSet)
        {
            return;
        }

        TaskCompletionSource? waiter;
        lock (this)
        {
            waiter = _waiter;
            _waiter = null;
            _isSet = waiter is null;
        }

        waiter?.SetResult();
    }

    public Task WaitAsync()
    {
        lock (this)
        {
            if (_isSet)
            {
                _isSet = false;
                return Task.CompletedTask;
            }

            // Continued elsewhere: whoever signals is in the middle of something of its own.
            _waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waiter.Task;
        }
    }
}
