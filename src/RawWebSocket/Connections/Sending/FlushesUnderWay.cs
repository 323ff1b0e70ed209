namespace RawWebSocket.Connections.Sending;

/// <summary>Numbers the flushes that are not done at once, for whoever judges how long one takes. Any thread may look.</summary>
internal struct FlushesUnderWay
{
    // Counts the beginnings and the ends, so it is odd while one is under way.
    private int _turns;

    /// <summary>One begins, or ends.</summary>
    public void Turn() => Interlocked.Increment(ref _turns);

    /// <summary>The number of the one under way, which the next does not have, and its bytes; 0 when none is.</summary>
    /// <param name="flushing">Where the bytes are kept of the one under way.</param>
    public readonly (int Flush, long Bytes) Now(ref readonly int flushing)
    {
        var turn = Volatile.Read(in _turns);
        var bytes = Volatile.Read(in flushing);

        // Of one that has ended in between the bytes may be another's.
        return int.IsOddInteger(turn) && Volatile.Read(in _turns) == turn ? (turn, bytes) : default;
    }
}
