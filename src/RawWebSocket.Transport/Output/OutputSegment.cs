using System.Buffers;

namespace RawWebSocket.Transport.Output;

/// <summary>A piece of what is to be sent: a block of the host's pool, or an array where more is written at once.</summary>
internal sealed class OutputSegment
{
    private readonly IMemoryOwner<byte>? _block;
    private readonly byte[]? _array;
    private int _start;
    private int _end;

    public OutputSegment(MemoryPool<byte> pool) => _block = pool.Rent();

    public OutputSegment(int size) => _array = ArrayPool<byte>.Shared.Rent(size);

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
    }
}
