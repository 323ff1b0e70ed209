namespace RawWebSocket.Tests.Compression;

/// <summary>
/// A decoder of RFC 1951, written from the RFC and slow, that knows no mercy: whatever refers further back than the window that was
/// agreed, or further than there is anything, is an error. Decodes one message after the other, as its peer does with context takeover.
/// </summary>
/// <remarks>Whatever it does not accept it throws an <see cref="InvalidDataException"/> for.</remarks>
internal sealed class StrictInflate(int windowBits)
{
    private const int EndOfBlock = 256;
    private const int Final = 4;

    private static readonly int[] LengthBase =
        [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];

    private static readonly int[] LengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

    private static readonly int[] DistanceBase =
    [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289,
        16385, 24577,
    ];

    private static readonly int[] CodeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    private readonly List<byte> _all = [];
    private byte[] _input = [];
    private int _bit;
    private int _start;

    /// <summary>The longest distance met so far.</summary>
    public int LongestDistance { get; private set; }

    /// <summary>Whether a message may have blocks with BFINAL set (RFC 7692 section 7.2.3.4): a stream ends, another one begins.</summary>
    public bool AcceptsFinalBlocks { get; init; }

    /// <summary>How many bytes a message may give.</summary>
    public int MaxLength { get; init; } = int.MaxValue;

    /// <summary>The types of the last message's blocks, BTYPE, and 4 more where BFINAL is set.</summary>
    public List<int> Blocks { get; } = [];

    /// <summary>How many bytes a stream of the last message that began anew might refer back to, all streams together.</summary>
    public long TakenOver { get; private set; }

    /// <summary>A whole message: its payload as it was on the wire, without the tail that RFC 7692 section 7.2.1 removes.</summary>
    public byte[] Message(ReadOnlySpan<byte> payload)
    {
        _input = [.. payload, 0, 0, 0xFF, 0xFF];
        _bit = 0;
        _start = _all.Count;
        Blocks.Clear();
        TakenOver = 0;
        while (_bit < _input.Length * 8)
        {
            ReadBlock();
            if (Blocks[^1] >= Final && EndStream() == payload.Length)
            {
                // It is clear without an empty block behind it.
                break;
            }
        }

        return [.. _all[_start..]];
    }

    /// <summary>Forgets all, as without context takeover.</summary>
    public void Forget() => _all.Clear();

    private void ReadBlock()
    {
        var isFinal = Bits(1) == 1;
        Must(AcceptsFinalBlocks || !isFinal, "BFINAL is set.");
        var type = Bits(2);
        Blocks.Add(isFinal ? type + Final : type);
        switch (type)
        {
            case 0:
                ReadStored();
                break;
            case 1:
                ReadSymbols(Fixed(), new Code([.. Enumerable.Repeat(5, 30)]));
                break;
            case 2:
                ReadDynamic();
                break;
            default:
                throw new InvalidDataException("BTYPE is reserved.");
        }
    }

    private int EndStream()
    {
        SkipToByte();
        TakenOver += Math.Min(_all.Count, 1 << windowBits);
        return _bit / 8;
    }

    private void ReadStored()
    {
        SkipToByte();
        var length = Bits(16);
        Must(Bits(16) == (length ^ 0xFFFF), "LEN and NLEN differ.");
        for (var i = 0; i < length; i++)
        {
            Add((byte)Bits(8));
        }
    }

    private void ReadDynamic()
    {
        var literals = Bits(5) + 257;
        var distances = Bits(5) + 1;
        var codeLengths = Bits(4) + 4;
        var lengths = new int[19];
        for (var i = 0; i < codeLengths; i++)
        {
            lengths[CodeLengthOrder[i]] = Bits(3);
        }

        var code = new Code(lengths);
        Must(code.IsComplete, "The code of code lengths is not complete.");
        var all = new List<int>();
        while (all.Count < literals + distances)
        {
            var symbol = Symbol(code);
            Must(symbol != 16 || all.Count > 0, "Nothing is there to be repeated.");
            var (value, count) = symbol switch
            {
                16 => (all[^1], 3 + Bits(2)),
                17 => (0, 3 + Bits(3)),
                18 => (0, 11 + Bits(7)),
                _ => (symbol, 1),
            };
            all.AddRange(Enumerable.Repeat(value, count));
        }

        Must(all.Count == literals + distances, "There are more code lengths than symbols.");
        ReadSymbols(literals, all);
    }

    private void ReadSymbols(int literals, List<int> lengths)
    {
        var (first, second) = (new Code([.. lengths[..literals]]), new Code([.. lengths[literals..]]));
        Must(literals <= LengthBase.Length + EndOfBlock + 1 && second.Count <= DistanceBase.Length, "There are too many symbols.");
        Must(lengths[EndOfBlock] > 0, "A block does not end.");
        Must(first.IsComplete || first.IsOneBit, "The code of literals and lengths is not complete.");

        // Section 3.2.7: one distance code alone has one bit, and there may be none at all.
        Must(second.IsComplete || second.IsOneBit || second.IsEmpty, "The code of distances is not complete.");
        ReadSymbols(first, second);
    }

    private void ReadSymbols(Code literals, Code distances)
    {
        for (var symbol = Symbol(literals); symbol != EndOfBlock; symbol = Symbol(literals))
        {
            if (symbol < EndOfBlock)
            {
                Add((byte)symbol);
                continue;
            }

            Must(symbol - 257 < LengthBase.Length, "No length has this symbol.");
            var length = LengthBase[symbol - 257] + Bits(LengthExtra[symbol - 257]);
            var code = Symbol(distances);
            Copy(length, DistanceBase[code] + Bits(Math.Max(0, (code / 2) - 1)));
        }
    }

    private void Copy(int length, int distance)
    {
        Must(distance <= 1 << windowBits && distance <= _all.Count, "A distance goes beyond the window or what there is.");
        LongestDistance = Math.Max(LongestDistance, distance);
        for (var i = 0; i < length; i++)
        {
            Add(_all[^distance]);
        }
    }

    private void Add(byte value)
    {
        Must(_all.Count - _start < MaxLength, "The message is too long.");
        _all.Add(value);
    }

    private void SkipToByte() => _bit = (_bit + 7) & ~7;

    private int Bits(int count)
    {
        Must(_bit + count <= _input.Length * 8, "The message is cut off.");
        var value = 0;
        for (var i = 0; i < count; i++, _bit++)
        {
            value |= ((_input[_bit >> 3] >> (_bit & 7)) & 1) << i;
        }

        return value;
    }

    private int Symbol(Code code)
    {
        var bits = 0;
        for (var length = 1; length <= 15; length++)
        {
            bits = (bits << 1) | Bits(1);
            if (code.TryGet(length, bits, out var symbol))
            {
                return symbol;
            }
        }

        throw new InvalidDataException("No symbol has this code.");
    }

    private static void Must(bool isSo, string otherwise)
    {
        if (!isSo)
        {
            throw new InvalidDataException(otherwise);
        }
    }

    private static Code Fixed() => new(
        [.. Enumerable.Repeat(8, 144), .. Enumerable.Repeat(9, 112), .. Enumerable.Repeat(7, 24), .. Enumerable.Repeat(8, 8)]);

    // RFC 1951 section 3.2.2: codes of one length follow each other in the order of their symbols.
    private sealed class Code
    {
        private readonly int[] _first = new int[16];
        private readonly List<int>[] _symbols = [.. Enumerable.Range(0, 16).Select(_ => new List<int>())];

        // Of 1 << 15, how much of all that can be said the codes take.
        private readonly int _taken;

        public Code(int[] lengths)
        {
            Count = lengths.Length;
            for (var symbol = 0; symbol < lengths.Length; symbol++)
            {
                _symbols[lengths[symbol]].Add(symbol);
            }

            _symbols[0].Clear();
            for (var length = 1; length < 16; length++)
            {
                _taken += _symbols[length].Count << (15 - length);
                _first[length] = (_first[length - 1] + _symbols[length - 1].Count) << 1;
            }
        }

        public int Count { get; }

        public bool IsComplete => _taken == 1 << 15;

        public bool IsEmpty => _taken == 0;

        /// <summary>Whether there is one symbol, with a code of one bit.</summary>
        public bool IsOneBit => _taken == 1 << 14 && _symbols[1].Count == 1;

        public bool TryGet(int length, int bits, out int symbol)
        {
            var index = bits - _first[length];
            var isKnown = index >= 0 && index < _symbols[length].Count;
            symbol = isKnown ? _symbols[length][index] : -1;
            return isKnown;
        }
    }
}
