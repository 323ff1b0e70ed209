namespace RawWebSocket.Connections.Sending;

/// <summary>How much of a connection's sends is on its way, and who waits for that to become little.</summary>
/// <param name="queue">The connection's queue.</param>
internal readonly struct Drainage(SendQueue queue)
{
    /// <summary>
    /// Bytes of frames, headers included, that have been sent or posted and that no flush has carried to its end: they wait for their
    /// turn, or for the transport to take them. Control frames count once they are written.
    /// </summary>
    public long BufferedBytes
    {
        get
        {
            lock (queue)
            {
                return Buffered;
            }
        }
    }

    private long Buffered => (queue.Order.Backlog?.Bytes ?? 0) + queue.Writer.Frames.Unflushed + queue.Pump.Flushing;

    // A flush that has not ended means that the transport takes no more.
    private bool HasDrained => queue.Pump.Flushing == 0 && Buffered <= queue.Terms.Low;

    /// <summary>Waits until no more than the low mark is left and the transport takes more; false when nothing more can be sent.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        Task<bool> drained;
        lock (queue)
        {
            if (queue.IsClosing || HasDrained)
            {
                return new(!queue.IsClosing);
            }

            drained = (queue.Order.Kept.Drained ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        if (queue.IsInBatch)
        {
            // What this thread has gathered would wait for the batch's end, and that for a caller who blocks the thread.
            queue.FlushGathered();
        }

        return new(drained.WaitAsync(cancellationToken));
    }

    /// <summary>Tells who waits, if little is left. Under the lock.</summary>
    public void TellIfDrained()
    {
        if (queue.Order.Backlog?.Drained is not null && HasDrained)
        {
            Tell(canSend: true);
        }
    }

    /// <summary>Tells who waits, with whether anything can be sent still. Under the lock.</summary>
    public void Tell(bool canSend)
    {
        if (queue.Order.Backlog is { Drained: { } drained } backlog)
        {
            backlog.Drained = null;
            drained.TrySetResult(canSend);
        }
    }
}
