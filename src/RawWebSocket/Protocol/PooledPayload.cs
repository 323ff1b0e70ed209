using System.Buffers;

namespace RawWebSocket.Protocol;

/// <summary>
/// The payload of a message that could not be handed over where it lay, because it came in fragments or in several reads. It grows by
/// what has arrived, never by what was claimed. Whoever takes the message over releases it, once.
/// </summary>
/// <param name="memory">Charged for what is rented, until it is given back.</param>
internal sealed class PooledPayload(IMemoryAccount memory)
{
    private const int FirstPiece = 1024;
    private const int LargestPiece = SparePieces.PieceSize;

    private Piece? _first;
    private Piece? _last;
    private long _rented;

    public long Length { get; private set; }

    public ReadOnlySequence<byte> AsSequence() =>
        _first is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(_first, 0, _last!, _last!.Written);

    public void Append(in ReadOnlySequence<byte> bytes)
    {
        foreach (var part in bytes)
        {
            Append(part.Span);
        }
    }

    /// <summary>Room behind what is there already, to be written to; at least a byte.</summary>
    public Span<byte> Room(int wanted)
    {
        if (_last is null || _last.Free.IsEmpty)
        {
            AddPiece(wanted);
        }

        return _last!.Free;
    }

    /// <summary>So much of the room has been written to.</summary>
    public void Advance(int count)
    {
        _last!.Advance(count);
        Length += count;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_last is null || _last.Free.IsEmpty)
            {
                AddPiece(bytes.Length);
            }

            var taken = _last!.Write(bytes);
            Length += taken;
            bytes = bytes[taken..];
        }
    }

    public void Release()
    {
        for (var piece = _first; piece is not null; piece = piece.Following)
        {
            Return(piece.Detach());
        }

        _first = _last = null;
        Length = 0;
        memory.Release(_rented);
        _rented = 0;
    }

    // As large as what is there already, so that a long message has few pieces and a short one wastes little.
    private void AddPiece(int atLeast)
    {
        var size = (int)Math.Clamp(Math.Max(Length, atLeast), FirstPiece, LargestPiece);
        var array = size > LargestPiece / 2 ? memory.Budget.Spares.Rent() : ArrayPool<byte>.Shared.Rent(size);
        memory.Charge(array.Length);
        _rented += array.Length;
        var piece = new Piece(array, Length);
        _last?.Append(piece);
        _first ??= piece;
        _last = piece;
    }

    private void Return(byte[] array)
    {
        if (array.Length == LargestPiece)
        {
            memory.Budget.Spares.Return(array);
        }
        else
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        private byte[] _array;

        public Piece(byte[] array, long position)
        {
            _array = array;
            RunningIndex = position;
        }

        public int Written { get; private set; }

        public Span<byte> Free => _array.AsSpan(Written);

        public Piece? Following => (Piece?)Next;

        public int Write(ReadOnlySpan<byte> bytes)
        {
            var count = Math.Min(bytes.Length, Free.Length);
            bytes[..count].CopyTo(Free);
            Advance(count);
            return count;
        }

        public void Advance(int count)
        {
            Written += count;
            Memory = _array.AsMemory(0, Written);
        }

        public void Append(Piece next) => Next = next;

        /// <summary>Takes the array out, so that nobody sees through this what it is used for next.</summary>
        public byte[] Detach()
        {
            var array = _array;
            _array = [];
            Memory = default;
            return array;
        }
    }
}
