using System.Buffers;

namespace RawWebSocket.Compression;

/// <summary>What compressing a fragment gave: one piece of pooled memory, to be given back by whoever has sent it.</summary>
internal sealed class CompressedPayload : IDisposable
{
    private const int FirstRoom = 256;

    private byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    /// <summary>The room behind what is there already, of at least the given size.</summary>
    public Span<byte> Room(int atLeast)
    {
        if (_bytes.Length - Length < atLeast)
        {
            Grow(Math.Max(Length + atLeast, Math.Max(FirstRoom, (int)Math.Min(2L * _bytes.Length, Array.MaxLength))));
        }

        return _bytes.AsSpan(Length);
    }

    /// <summary>So much of the room has been filled.</summary>
    public void Advance(int count) => Length += count;

    /// <summary>Takes so many bytes off the end.</summary>
    public void Cut(int count) => Length -= count;

    public void Dispose()
    {
        Return();
        _bytes = [];
        Length = 0;
    }

    private void Grow(int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size);
        Span.CopyTo(larger);
        Return();
        _bytes = larger;
    }

    private void Return()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }
    }
}
