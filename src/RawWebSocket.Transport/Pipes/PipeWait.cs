using System.Threading.Tasks.Sources;

namespace RawWebSocket.Transport.Pipes;

/// <summary>
/// The wait of a read or a flush, and the token that may give it up: one at a time. Its owner is the source of the task and locks, unless a
/// member says otherwise.
/// </summary>
internal struct PipeWait
{
    private ManualResetValueTaskSourceCore<bool> _source;
    private CancellationTokenRegistration _registration;
    private CancellationToken _cancelledBy;

    /// <summary>From the call to its result.</summary>
    public bool IsPending { get; private set; }

    /// <summary>From the call to what ends the wait.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Begins one; returns its version for the task.</summary>
    public short Begin()
    {
        IsPending = IsWaiting = true;
        _source.Reset();
        return _source.Version;
    }

    /// <summary>Not under the lock: the callback, which wants it, may come at once.</summary>
    public void GiveUpWith(object owner, Action<object?, CancellationToken> onCancelled, CancellationToken token) =>
        _registration = token.UnsafeRegister(onCancelled, owner);

    /// <summary>The token has been cancelled. Ends the wait, if there is one, as <see cref="TryEnd"/> does.</summary>
    public bool TryGiveUp(CancellationToken token)
    {
        if (IsWaiting)
        {
            _cancelledBy = token;
        }

        return TryEnd(isOver: true);
    }

    /// <summary>Ends the wait if there is one and it is over; true when the owner has to complete it, which is not done under the lock.</summary>
    public bool TryEnd(bool isOver)
    {
        var ends = IsWaiting && isOver;
        IsWaiting &= !ends;
        return ends;
    }

    /// <summary>Not under the lock: whoever waits goes on, on this thread.</summary>
    public void Complete() => Complete(runsOnPool: false);

    /// <summary>Not under the lock: whoever waits goes on, on the pool.</summary>
    public void CompleteOnPool() => Complete(runsOnPool: true);

    /// <summary>Not under the lock, before <see cref="TakeResult"/>: it waits for a callback that runs, which wants the lock.</summary>
    public readonly void ForgetToken() => _registration.Dispose();

    /// <summary>The result is taken.</summary>
    /// <exception cref="OperationCanceledException">The token has given the wait up.</exception>
    public void TakeResult(short version)
    {
        _ = _source.GetResult(version);
        IsPending = false;
        if (_cancelledBy.IsCancellationRequested)
        {
            var cancelledBy = _cancelledBy;
            _cancelledBy = default;
            throw new OperationCanceledException(cancelledBy);
        }
    }

    public readonly ValueTaskSourceStatus GetStatus(short version) => _source.GetStatus(version);

    public void OnCompleted(Action<object?> continuation, object? state, short version, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, version, flags);

    private void Complete(bool runsOnPool)
    {
        _source.RunContinuationsAsynchronously = runsOnPool;
        _source.SetResult(true);
    }
}
