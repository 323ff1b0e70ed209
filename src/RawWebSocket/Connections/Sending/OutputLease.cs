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

    /// <summary>Says that it has been written, or that writing it threw.</summary>
    public void EndUse() => Volatile.Write(ref _state, Lent);

    /// <summary>Takes it back; false while a frame is being written. Under the lock.</summary>
    public bool TryTakeBack() => _state == None || Interlocked.CompareExchange(ref _state, None, Lent) != InUse;
}
