namespace RawWebSocket.Tests.Compression;

/// <summary>
/// A decoder of RFC 1951, written from the RFC and slow, that knows no mercy: whatever refers further back than the window that was
/// agreed, or further than there is anything, is an error. Decodes one message after the other, as its peer does with context takeover.
/// </summary>
internal sealed class StrictInflate(int windowBits)
{
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

    /// <summary>The longest distance met so far.</summary>
    public int LongestDistance { get; private set; }

    /// <summary>A whole message: its payload as it was on the wire, without the tail that RFC 7692 section 7.2.1 removes.</summary>
    public byte[] Message(ReadOnlySpan<byte> payload)
    {
        _input = [.. payload, 0, 0, 0xFF, 0xFF];
        _bit = 0;
        var start = _all.Count;
        while (_bit < _input.Length * 8)
        {
            ReadBlock();
        }

        return [.. _all[start..]];
    }

    /// <summary>Forgets all, as without context takeover.</summary>
    public void Forget() => _all.Clear();

    private void ReadBlock()
    {
        Bits(1).ShouldBe(0, "BFINAL");
        switch (Bits(2))
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

    private void ReadStored()
    {
        _bit = (_bit + 7) & ~7;
        var length = Bits(16);
        Bits(16).ShouldBe(length ^ 0xFFFF);
        for (var i = 0; i < length; i++)
        {
            _all.Add((byte)Bits(8));
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
        var all = new List<int>();
        while (all.Count < literals + distances)
        {
            var symbol = Symbol(code);
            var (value, count) = symbol switch
            {
                16 => (all[^1], 3 + Bits(2)),
                17 => (0, 3 + Bits(3)),
                18 => (0, 11 + Bits(7)),
                _ => (symbol, 1),
            };
            all.AddRange(Enumerable.Repeat(value, count));
        }

        all.Count.ShouldBe(literals + distances);
        ReadSymbols(new Code([.. all[..literals]]), new Code([.. all[literals..]]));
    }

    private void ReadSymbols(Code literals, Code distances)
    {
        for (var symbol = Symbol(literals); symbol != 256; symbol = Symbol(literals))
        {
            if (symbol < 256)
            {
                _all.Add((byte)symbol);
                continue;
            }

            var length = LengthBase[symbol - 257] + Bits(LengthExtra[symbol - 257]);
            var code = Symbol(distances);
            Copy(length, DistanceBase[code] + Bits(Math.Max(0, (code / 2) - 1)));
        }
    }

    private void Copy(int length, int distance)
    {
        if (distance > 1 << windowBits || distance > _all.Count)
        {
            throw new InvalidDataException($"A distance of {distance} goes beyond the window of {windowBits} bits or what there is.");
        }

        LongestDistance = Math.Max(LongestDistance, distance);
        for (var i = 0; i < length; i++)
        {
            _all.Add(_all[^distance]);
        }
    }

    private int Bits(int count)
    {
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

    private static Code Fixed() => new(
        [.. Enumerable.Repeat(8, 144), .. Enumerable.Repeat(9, 112), .. Enumerable.Repeat(7, 24), .. Enumerable.Repeat(8, 8)]);

    // RFC 1951 section 3.2.2: codes of one length follow each other in the order of their symbols.
    private sealed class Code
    {
        private readonly int[] _first = new int[16];
        private readonly List<int>[] _symbols = [.. Enumerable.Range(0, 16).Select(_ => new List<int>())];

        public Code(int[] lengths)
        {
            for (var symbol = 0; symbol < lengths.Length; symbol++)
            {
                _symbols[lengths[symbol]].Add(symbol);
            }

            _symbols[0].Clear();
            for (var length = 1; length < 16; length++)
            {
                _first[length] = (_first[length - 1] + _symbols[length - 1].Count) << 1;
            }
        }

        public bool TryGet(int length, int bits, out int symbol)
        {
            var index = bits - _first[length];
            var isKnown = index >= 0 && index < _symbols[length].Count;
            symbol = isKnown ? _symbols[length][index] : -1;
            return isKnown;
        }
    }
}
