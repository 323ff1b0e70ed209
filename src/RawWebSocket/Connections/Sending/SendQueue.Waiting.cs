namespace RawWebSocket.Connections;

/// <content>What waits: how much it is, how it comes and goes, and who is told when little is left.</content>
internal sealed partial class SendQueue
{
    // Made when something has to wait; most connections never send faster than their peer reads.
    private WaitingSends? _waiting;
    private TaskCompletionSource<bool>? _drained;

    // What has been taken for writing and not been written yet, and what is in the flush under way.
    private long _unwritten;
    private long _flushing;

    /// <summary>
    /// Bytes of frames, headers included, that have been sent or posted and that no flush has carried to its end: they wait for their
    /// turn, or for the transport to take them. Control frames count once they are written.
    /// </summary>
    public long BufferedBytes
    {
        get
        {
            lock (this)
            {
                return Buffered;
            }
        }
    }

    private Pending? FirstWaiting => _waiting?.First;

    private long Buffered => (_waiting?.Bytes ?? 0) + (_fragment?.Size ?? 0) + _unwritten + _unflushed + _flushing;

    // A flush that has not ended means that the transport takes no more.
    private bool HasDrained => _flushing == 0 && Buffered <= observer.Marks.Low;

    /// <summary>Waits until no more than the low mark is left and the transport takes more; false when nothing more can be sent.</summary>
    public ValueTask<bool> DrainedAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        Task<bool> drained;
        lock (this)
        {
            if (IsClosing || HasDrained)
            {
                return new(!IsClosing);
            }

            drained = (_drained ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        return new(drained.WaitAsync(cancellationToken));
    }

    /// <summary>Takes a send that still waits out of the queue, with all it holds. One whose turn has come is left alone.</summary>
    public void GiveUp(PendingSend pending, CancellationToken cancellationToken)
    {
        lock (this)
        {
            if (pending.IsWaiting)
            {
                Discard(pending);
                pending.Cancel(cancellationToken);
                SignalIfDrained();
            }
        }
    }

    /// <summary>Gives back the room that was needed, once nothing waits any more. Called now and then, by any thread.</summary>
    public void Trim()
    {
        lock (this)
        {
            if (FirstWaiting is null && !_busy)
            {
                _waiting = null;
                _written = null;
                _unawaited = null;
            }
        }
    }

    private void Enqueue(Pending pending)
    {
        (_waiting ??= new()).Add(pending);
        pending.Hold(memory);
    }

    private void Discard(Pending pending)
    {
        _waiting!.Remove(pending);
        pending.LetGo(memory);
    }

    private void Finish(Pending pending, SendResult result)
    {
        pending.LetGo(memory);
        pending.Complete(result);
    }

    private void SignalIfDrained()
    {
        if (_drained is not null && HasDrained)
        {
            SignalDrained(canSend: true);
        }
    }

    private void SignalDrained(bool canSend)
    {
        _drained?.TrySetResult(canSend);
        _drained = null;
    }
}
