using System.Buffers;

namespace RawWebSocket.Transport.Output;

/// <summary>Bytes that are to be sent, in order. No memory is held when there is nothing. Its owner locks.</summary>
internal struct OutputChain(MemoryPool<byte> pool)
{
    // As more is written, longer pieces are taken: few system calls for a long answer, and never more than half of it unused.
    private const int SmallPiece = 4 * 1024;
    private const int MiddlePiece = 16 * 1024;
    private const int LongPiece = 64 * 1024;
    private OutputSegment? _tail;

    public OutputSegment? Head { get; private set; }

    public long Length { get; private set; }

    /// <summary>Room for so many bytes, or for one at least.</summary>
    public Memory<byte> Reserve(int sizeHint)
    {
        var wanted = Math.Max(sizeHint, 1);
        if (_tail is null || _tail.Room.Length < wanted)
        {
            Link(NewSegment(wanted));
        }

        return _tail!.Room;
    }

    /// <summary>So many bytes of the reserved room have been written.</summary>
    public void Fill(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _tail?.Room.Length ?? 0);
        _tail?.Fill(count);
        Length += count;
    }

    public void Copy(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var room = Reserve(1);
            var taken = Math.Min(room.Length, bytes.Length);
            bytes[..taken].CopyTo(room.Span);
            Fill(taken);
            bytes = bytes[taken..];
        }
    }

    /// <summary>Moves everything behind what another has.</summary>
    public void MoveTo(ref OutputChain other)
    {
        if (Length == 0)
        {
            Clear();
            return;
        }

        if (other._tail is { } last && last.Room.Length >= Length)
        {
            // A block for each short flush would hold far more than its bytes, of a peer that does not read.
            for (var segment = Head; segment is not null; segment = segment.Next)
            {
                other.Copy(segment.Filled.Span);
            }

            Clear();
            return;
        }

        if (other._tail is null)
        {
            other.Head = Head;
        }
        else
        {
            other._tail.Next = Head;
        }

        other._tail = _tail;
        other.Length += Length;
        Head = _tail = null;
        Length = 0;
    }

    /// <summary>So many bytes have been sent.</summary>
    public void Consume(long count)
    {
        Length -= count;
        while (Head is { } head && count >= head.Count && (count > 0 || head.Count == 0))
        {
            count -= head.Count;
            DropHead();
        }

        Head?.Skip((int)count);
    }

    public void Clear()
    {
        while (Head is not null)
        {
            DropHead();
        }

        Length = 0;
    }

    private readonly OutputSegment NewSegment(int wanted)
    {
        // MemoryPool's own default is a block, or 4 KiB where the pool has blocks of any size.
        if (Length == 0 && wanted <= SmallPiece)
        {
            return OutputSegment.Rent(pool);
        }

        return OutputSegment.Rent(Math.Max(wanted, Length < LongPiece ? MiddlePiece : LongPiece));
    }

    private void DropHead()
    {
        var dropped = Head!;
        Head = dropped.Next;
        _tail = Head is null ? null : _tail;
        dropped.Release();
    }

    private void Link(OutputSegment segment)
    {
        if (_tail is null)
        {
            Head = segment;
        }
        else
        {
            _tail.Next = segment;
        }

        _tail = segment;
    }
}
