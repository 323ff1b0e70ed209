namespace RawWebSocket.Connections;

/// <summary>
/// Wakes one waiter up to look again at what it waits for. A signal that comes while nobody waits is kept for the next wait.
/// </summary>
/// <remarks>
/// A part of whoever signals, which lends its lock: every connection has one. Setting it again before anyone has waited costs one read, so
/// it may be set at every turn.
/// </remarks>
internal struct Signal
{
    private TaskCompletionSource? _waiter;
    private volatile bool _isSet;

    public void Set(object gate)
    {
        if (_isSet)
        {
            return;
        }

        TaskCompletionSource? waiter;
        lock (gate)
        {
            waiter = _waiter;
            _waiter = null;
            _isSet = waiter is null;
        }

        waiter?.SetResult();
    }

    public Task WaitAsync(object gate)
    {
        lock (gate)
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
