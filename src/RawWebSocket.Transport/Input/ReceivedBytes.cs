using System.Buffers;

namespace RawWebSocket.Transport.Input;

/// <summary>What has been received and not been consumed, in order. No memory is held when there is nothing. Its owner locks.</summary>
internal struct ReceivedBytes(MemoryPool<byte> pool)
{
    private InputSegment? _head;
    private InputSegment? _tail;
    private int _offset;

    public long Length { get; private set; }

    public readonly ReadOnlySequence<byte> AsSequence() =>
        _head is null ? default : new ReadOnlySequence<byte>(_head, _offset, _tail!, _tail!.Count);

    public readonly bool Holds(InputSegment segment)
    {
        var each = _head;
        while (each is not null && each != segment)
        {
            each = each.Following;
        }

        return each is not null;
    }

    /// <summary>How far a position lies behind the beginning; null when it is no position at all.</summary>
    /// <exception cref="InvalidOperationException">It lies elsewhere.</exception>
    public readonly long? OffsetOf(SequencePosition position)
    {
        if (position.GetObject() is not InputSegment segment)
        {
            return null;
        }

        var offset = _head is null ? -1 : segment.RunningIndex + position.GetInteger() - _head.RunningIndex - _offset;
        return offset >= 0 && offset <= Length
            ? offset
            : throw new InvalidOperationException("The reader has already advanced past the position, or it is of another buffer.");
    }

    /// <summary>Copies bytes to small segments at the end.</summary>
    public void Copy(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        while (!bytes.IsEmpty)
        {
            var taken = _tail is RentedSegment rented ? rented.Append(bytes) : 0;
            bytes = bytes[taken..];
            if (!bytes.IsEmpty)
            {
                Link(new RentedSegment(pool.Rent()));
            }
        }
    }

    /// <summary>Puts a block at the end as it is.</summary>
    public void Attach(ReceiveBlock block, int count)
    {
        block.Hold(count);
        Link(block);
        Length += count;
    }

    /// <summary>
    /// Forgets so many bytes from the beginning. The others stay where they are, because readers keep looking at what they have not
    /// consumed, as they can with Kestrel's own pipe; so a big block stays with the connection as long as it holds one of them.
    /// </summary>
    public void Consume(long count)
    {
        Length -= count;
        while (_head is not null && count >= _head.Count - _offset)
        {
            count -= _head.Count - _offset;
            DropHead();
        }

        _offset += (int)count;
    }

    public void Clear() => Consume(Length);

    private void DropHead()
    {
        var dropped = _head!;
        _head = dropped.Following;
        _tail = _head is null ? null : _tail;
        _offset = 0;
        dropped.Release();
    }

    private void Link(InputSegment segment)
    {
        segment.StartAt(_tail is null ? 0 : _tail.RunningIndex + _tail.Count, following: null);
        _tail?.Precede(segment);
        _head ??= segment;
        _tail = segment;
    }
}
