namespace RawWebSocket.Transport.Listening;

/// <summary>Wakes one who waits for something to accept. What is told while nobody waits is remembered.</summary>
internal sealed class Arrivals
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _waiting;
    private bool _isTold;

    public void Tell()
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            waiting = _waiting;
            _waiting = null;
            _isTold = waiting is null;
        }

        waiting?.TrySetResult();
    }

    public Task WaitAsync()
    {
        lock (_gate)
        {
            if (_isTold)
            {
                _isTold = false;
                return Task.CompletedTask;
            }

            _waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waiting.Task;
        }
    }
}
