namespace RawWebSocket.Connections;

/// <content>What waits: how much it is, how it comes and goes, and who is told when little is left.</content>
internal sealed partial class SendQueue
{
    // Made when something has to wait, be it for a flush to end; most connections never send faster than their peer reads.
    private Backlog? _backlog;

    // What is in the flush under way.
    private int _flushing;

    /// <summary>
    /// Bytes of frames, headers included, that have been sent or posted and that no flush has carried to its end: they wait for their
    /// turn, or for the transport to take them. Control frames count once they are written.
    /// </summary>
    public long BufferedBytes
    {
        get
        {
            using (Enter())
            {
                return Buffered;
            }
        }
    }

    /// <summary>How much of what is held others hold as well.</summary>
    public long SharedBytes
    {
        get
        {
            using (Enter())
            {
                if (_backlog is not { } backlog)
                {
                    return 0;
                }

                var shared = backlog.Written.OfType<PendingPost>().Sum(static post => post.Frame.SharedBytes);
                for (var post = backlog.Waiting.OldestPost; post is not null; post = post.Newer)
                {
                    shared += post.Frame.SharedBytes;
                }

                return shared;
            }
        }
    }

    private Backlog Kept => _backlog ??= new();

    private Pending? FirstWaiting => _backlog?.Waiting.First;

    private long Buffered => (_backlog?.Bytes ?? 0) + _unflushed + _flushing;

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
        using (Enter())
        {
            if (IsClosing || HasDrained)
            {
                return new(!IsClosing);
            }

            drained = (Kept.Drained ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            if (_busy || _batchThread != Environment.CurrentManagedThreadId || _unflushed == 0)
            {
                // Whoever holds the output takes along what this thread has gathered.
                return new(drained.WaitAsync(cancellationToken));
            }

            Hold();
        }

        // What this thread has gathered would wait for the batch's end, and that for a caller who blocks the thread.
        FlushUnawaited(Leave.AtOnce);
        return new(drained.WaitAsync(cancellationToken));
    }

    /// <summary>Takes a send that still waits out of the queue, with all it holds. One whose turn has come is left alone.</summary>
    public void GiveUp(PendingSend pending, CancellationToken cancellationToken)
    {
        using (Enter())
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
        using (Enter())
        {
            if (_backlog is { Waiting.First: null, Drained: null } && !_busy)
            {
                _backlog = null;
            }
        }
    }

    private void Enqueue(Pending pending)
    {
        Kept.Waiting.Add(pending);
        pending.Hold(Memory);
    }

    private void Discard(Pending pending)
    {
        _backlog!.Waiting.Remove(pending);
        pending.LetGo(Memory);
    }

    private void Finish(Pending pending, SendResult result)
    {
        pending.LetGo(Memory);
        pending.Complete(result);
    }

    private void SignalIfDrained()
    {
        if (_backlog?.Drained is not null && HasDrained)
        {
            SignalDrained(canSend: true);
        }
    }

    private void SignalDrained(bool canSend)
    {
        if (_backlog?.Drained is { } drained)
        {
            _backlog.Drained = null;
            drained.TrySetResult(canSend);
        }
    }

    private sealed class Backlog
    {
        public WaitingSends Waiting { get; } = new();

        // Taken out of what waits, and not finished before the flush that carries it.
        public List<Pending> Written { get; } = [];

        // Of a message whose turn it is.
        public PendingSend? Fragment;

        // What has been taken for writing and not been written yet.
        public long Unwritten;

        // Control frames.
        public Queue<byte[]>? Pings;
        public byte[]? Pong;

        public TaskCompletionSource<bool>? Drained;

        // Waits for the end of what is being written.
        public TaskCompletionSource? Idle;

        // Only whoever holds the output uses it.
        public UnawaitedFlush? Unawaited;

        public long Bytes => Waiting.Bytes + (Fragment?.Size ?? 0) + Unwritten;
    }
}
