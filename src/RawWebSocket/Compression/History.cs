using System.Buffers;
using RawWebSocket.Protocol;

namespace RawWebSocket.Compression;

/// <summary>
/// The last bytes that were said in one direction: what an LZ77 window holds (RFC 7692 section 7.1.1). From it a compressor or
/// decompressor can be brought to where it was, so that none has to be kept for a connection that is silent.
/// </summary>
/// <remarks>Grows with what was really said, up to its window. Not thread-safe.</remarks>
/// <param name="windowBits">How much is remembered: 2 to this power bytes.</param>
/// <param name="memory">Charged for what is held; null where somebody else accounts for it.</param>
internal sealed class History(int windowBits, IMemoryAccount? memory)
{
    private const int FirstSize = 1024;

    private readonly int _window = 1 << windowBits;
    private byte[] _bytes = [];

    // Where the next byte goes. Once the window is full, the oldest byte is there.
    private int _next;

    /// <summary>How much is remembered, in bytes.</summary>
    public int Length { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _window)
        {
            bytes = bytes[^_window..];
        }

        Grow(Math.Min(Length + bytes.Length, _window));
        while (!bytes.IsEmpty)
        {
            var count = Math.Min(bytes.Length, _window - _next);
            bytes[..count].CopyTo(_bytes.AsSpan(_next));
            _next = (_next + count) & (_window - 1);
            Length = Math.Min(Length + count, _window);
            bytes = bytes[count..];
        }
    }

    public void Append(in ReadOnlySequence<byte> bytes)
    {
        var last = bytes.Length > _window ? bytes.Slice(bytes.Length - _window) : bytes;
        foreach (var segment in last)
        {
            Append(segment.Span);
        }
    }

    /// <summary>The last <paramref name="count"/> bytes, of <see cref="Length"/>, in two parts of which each may be empty.</summary>
    public void Last(int count, out ReadOnlySpan<byte> older, out ReadOnlySpan<byte> newer)
    {
        var inFront = Math.Min(count, _next);
        newer = _bytes.AsSpan(_next - inFront, inFront);
        older = count > inFront ? _bytes.AsSpan(Length - (count - inFront), count - inFront) : default;
    }

    /// <summary>Forgets all, and keeps its memory for what comes next.</summary>
    public void Forget() => Length = _next = 0;

    /// <summary>Forgets all and gives its memory back.</summary>
    public void Release()
    {
        Forget();
        Return();
        _bytes = [];
    }

    private void Grow(int size)
    {
        if (size <= _bytes.Length)
        {
            return;
        }

        // As long as it can grow it is not full, so it lies in one piece from the beginning.
        var larger = ArrayPool<byte>.Shared.Rent(Math.Clamp(Math.Max(size, 2 * _bytes.Length), Math.Min(FirstSize, _window), _window));
        _bytes.AsSpan(0, Length).CopyTo(larger);
        Return();
        _bytes = larger;
        memory?.Charge(larger.Length);
    }

    private void Return()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            memory?.Release(_bytes.Length);
        }
    }
}
