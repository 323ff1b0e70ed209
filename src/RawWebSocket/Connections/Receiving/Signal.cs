namespace RawWebSocket.Connections.Receiving;

/// <summary>
/// Wakes one waiter up to look again at what it waits for. A signal that comes while nobody waits is kept for the next wait.
/// </summary>
/// <remarks>
/// A part of whoever signals, which lends its lock: every connection has one. Setting it again before anyone has waited costs one read, so
/// it may be set at every turn.
/// </remarks>
internal struct Signal
{
    // In the waiter's place: a signal that waits for one.
    private static readonly TaskCompletionSource Kept = new();

    private volatile TaskCompletionSource? _waiter;

    public void Set(object gate)
    {
        if (_waiter == Kept)
        {
            return;
        }

        TaskCompletionSource? waiter;
        lock (gate)
        {
            waiter = _waiter;
            if (waiter is null || waiter == Kept)
            {
                _waiter = Kept;
                return;
            }

            _waiter = null;
        }

        waiter.SetResult();
    }

    public Task WaitAsync(object gate)
    {
        lock (gate)
        {
            if (_waiter == Kept)
            {
                _waiter = null;
                return Task.CompletedTask;
            }

            // Continued elsewhere: whoever signals is in the middle of something of its own.
            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiter = waiter;
            return waiter.Task;
        }
    }
}
