namespace RawWebSocket.Protocol;

/// <summary>
/// Pieces of 64 KiB that long messages have been gathered in, kept for the next. The runtime's own pool
/// keeps a few tens a processor, which two messages of 4 MiB exhaust; beyond those each is made anew.
/// </summary>
/// <remarks>Thread-safe.</remarks>
/// <param name="most">How many are kept at most.</param>
internal sealed class SparePieces(int most)
{
    public const int PieceSize = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly Stack<byte[]> _spare = new();

    // So many have lain here all the time since the last trim.
    private int _unused;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _spare.Count;
            }
        }
    }

    public byte[] Rent()
    {
        lock (_gate)
        {
            if (_spare.TryPop(out var piece))
            {
                _unused = Math.Min(_unused, _spare.Count);
                return piece;
            }
        }

        return GC.AllocateUninitializedArray<byte>(PieceSize);
    }

    public void Return(byte[] piece)
    {
        lock (_gate)
        {
            if (_spare.Count < most)
            {
                _spare.Push(piece);
            }
        }
    }

    /// <summary>To be called about once a second: lets go of what has not been needed since the last time.</summary>
    public void Trim()
    {
        lock (_gate)
        {
            for (; _unused > 0; _unused--)
            {
                _spare.Pop();
            }

            _unused = _spare.Count;
            if (_unused == 0)
            {
                _spare.TrimExcess();
            }
        }
    }
}
