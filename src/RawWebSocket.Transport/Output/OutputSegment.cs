using System.Buffers;

namespace RawWebSocket.Transport.Output;

/// <summary>A piece of what is to be sent: a block of the host's pool, or an array where more is written at once.</summary>
/// <remarks>Each short flush needs one, so every thread keeps some that are not in use.</remarks>
internal sealed class OutputSegment
{
    private const int MostSpare = 32;

    [ThreadStatic]
    private static OutputSegment? _spare;

    private IMemoryOwner<byte>? _block;
    private byte[]? _array;
    private int _start;
    private int _end;

    // How many spare ones there are from this one on.
    private int _behind;

    private OutputSegment()
    {
    }

    public static OutputSegment Rent(MemoryPool<byte> pool)
    {
        var segment = Take();
        segment._block = pool.Rent();
        return segment;
    }

    public static OutputSegment Rent(int size)
    {
        var segment = Take();
        segment._array = ArrayPool<byte>.Shared.Rent(size);
        return segment;
    }

    public OutputSegment? Next { get; set; }

    public int Count => _end - _start;

    public ReadOnlyMemory<byte> Filled => All[_start.._end];

    public Memory<byte> Room => All[_end..];

    private Memory<byte> All => _block?.Memory ?? _array;

    public void Fill(int count) => _end += count;

    public void Skip(int count) => _start += count;

    public void Release()
    {
        _block?.Dispose();
        if (_array is not null)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }

        Keep();
    }

    private static OutputSegment Take()
    {
        if (_spare is not { } segment)
        {
            return new OutputSegment();
        }

        _spare = segment.Next;
        segment.Next = null;
        return segment;
    }

    private void Keep()
    {
        _block = null;
        _array = null;
        _start = _end = 0;
        _behind = _spare is null ? 1 : _spare._behind + 1;
        if (_behind <= MostSpare)
        {
            Next = _spare;
            _spare = this;
        }
    }
}
