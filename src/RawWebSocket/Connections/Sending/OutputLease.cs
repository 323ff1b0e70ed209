namespace RawWebSocket.Connections;

/// <summary>
/// Lends the output to the thread that gathers a batch, which then writes short frames without the queue's lock: that would cost each of
/// them more than its own header and copy. Whoever enters the lock takes the output back before he does anything else.
/// </summary>
/// <remarks>
/// Lent and taken back under the lock. In between only the batch's thread writes, one frame at a time, so a taker waits for no more than
/// a copy. What that thread sees as free when it is lent stays so until it is taken back: nothing waits, nobody closes.
/// </remarks>
internal struct OutputLease
{
    private const int None = 0;
    private const int Lent = 1;
    private const int InUse = 2;

    private int _state;

    /// <summary>Lends it. Under the lock.</summary>
    public void Lend() => Volatile.Write(ref _state, Lent);

    /// <summary>Begins to write a frame; false when the output has been taken back. Only by whom it is lent to.</summary>
    public bool TryUse() => _state == Lent && Interlocked.CompareExchange(ref _state, InUse, Lent) == Lent;

    /// <summary>Says that it has been written, or that it threw before its first byte.</summary>
    public void EndUse() => Volatile.Write(ref _state, Lent);

    /// <summary>Takes it back, waiting for a write under way. Under the lock.</summary>
    public void TakeBack()
    {
        if (_state == None)
        {
            return;
        }

        var wait = new SpinWait();
        while (Interlocked.CompareExchange(ref _state, None, Lent) == InUse)
        {
            wait.SpinOnce();
        }
    }
}
