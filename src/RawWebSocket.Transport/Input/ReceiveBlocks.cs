namespace RawWebSocket.Transport.Input;

/// <summary>
/// What a loop receives into: one big buffer, used for all its connections in turn. A reader that has not finished with it when the loop
/// goes on keeps it, up to a number for the loop; then bytes are copied to small segments instead.
/// </summary>
internal sealed class ReceiveBlocks(int size)
{
    // Also how many are kept for the next: what is allocated anew each time makes the runtime collect its whole heap.
    private const int MostLent = 16;
    private readonly Stack<ReceiveBlock> _spare = new();
    private ReceiveBlock? _current;
    private int _lent;

    public ReceiveBlock Current => _current ??= new ReceiveBlock(this, size);

    public bool CanLend => Volatile.Read(ref _lent) < MostLent;

    /// <summary>On the loop's thread: the current block is a connection's from now on.</summary>
    public void Lend()
    {
        Current.IsLent = true;
        lock (_spare)
        {
            _lent++;
            _spare.TryPop(out _current);
        }
    }

    /// <summary>Any thread: a connection has finished with it.</summary>
    public void TakeBack(ReceiveBlock block)
    {
        block.IsLent = false;
        lock (_spare)
        {
            _lent--;
            if (_spare.Count < MostLent)
            {
                _spare.Push(block);
            }
        }
    }
}
