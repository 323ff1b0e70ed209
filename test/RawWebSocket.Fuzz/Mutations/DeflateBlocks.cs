namespace RawWebSocket.Fuzz.Mutations;

/// <summary>
/// Writes blocks of RFC 1951 by hand, so that they may say what no compressor would: references to anywhere, blocks in any order, streams
/// that end in the middle.
/// </summary>
internal sealed class DeflateBlocks
{
    private const int EndOfBlock = 256;
    private const int MaxExtraBits = 13;

    private readonly List<byte> _bytes = [];
    private int _current;
    private int _count;

    /// <summary>All that was written, the last byte filled up with zeros.</summary>
    public byte[] ToBytes() => _count == 0 ? [.. _bytes] : [.. _bytes, (byte)_current];

    /// <summary>What a message ends with: the beginning of an empty stored block, the rest of which is not sent.</summary>
    public void WriteEnd() => WriteBits(0, 3);

    public void WriteStored(ReadOnlySpan<byte> bytes, bool isFinal)
    {
        WriteBits(isFinal ? 1 : 0, 3);
        Align();
        WriteBits(bytes.Length, 16);
        WriteBits(bytes.Length ^ 0xFFFF, 16);
        foreach (var b in bytes)
        {
            WriteBits(b, 8);
        }
    }

    /// <summary>A block of fixed codes: literals, and references of any length and distance.</summary>
    public void WriteFixed(int symbols, bool isFinal, Random random)
    {
        WriteBits(isFinal ? 3 : 2, 3);
        for (var i = 0; i < symbols; i++)
        {
            WriteSymbol(random);
        }

        WriteFixedCode(EndOfBlock);
        if (isFinal)
        {
            Align();
        }
    }

    private void WriteSymbol(Random random)
    {
        if (random.Next(3) > 0)
        {
            WriteFixedCode(random.Next('a', 'a' + 26));
            return;
        }

        // Lengths without extra bits. Near distances are mostly there, far ones mostly not.
        WriteFixedCode(257 + random.Next(8));
        var distance = random.Next(random.Next(1, 30));
        WriteCode(distance, 5);
        WriteBits(random.Next(1 << MaxExtraBits), Math.Max(0, (distance / 2) - 1));
    }

    // Section 3.2.6.
    private void WriteFixedCode(int symbol)
    {
        var (code, bits) = symbol switch
        {
            < 144 => (0x30 + symbol, 8),
            < 256 => (0x190 + symbol - 144, 9),
            < 280 => (symbol - 256, 7),
            _ => (0xC0 + symbol - 280, 8),
        };
        WriteCode(code, bits);
    }

    // "Huffman codes are packed starting with the most-significant bit of the code."
    private void WriteCode(int code, int bits)
    {
        for (var i = bits - 1; i >= 0; i--)
        {
            WriteBits(code >> i, 1);
        }
    }

    private void WriteBits(int value, int bits)
    {
        for (var i = 0; i < bits; i++)
        {
            _current |= ((value >> i) & 1) << _count;
            if (++_count == 8)
            {
                Align();
            }
        }
    }

    private void Align()
    {
        if (_count > 0)
        {
            _bytes.Add((byte)_current);
            _current = _count = 0;
        }
    }
}
