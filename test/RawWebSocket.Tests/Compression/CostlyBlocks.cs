namespace RawWebSocket.Tests.Compression;

/// <summary>Deflate blocks (RFC 1951 section 3.2.3) that give nothing, or next to nothing, for what they cost.</summary>
public static class CostlyBlocks
{
    /// <summary>So many blocks of a kind.</summary>
    public static byte[] Of(string kind, int count)
    {
        var bits = new BitWriter();
        for (var i = 0; i < count; i++)
        {
            switch (kind)
            {
                case "final and empty":
                    bits.Write(0b011, 3).Write(0, 7).Align();
                    break;
                case "empty":
                    bits.Write(0b010, 3).Write(0, 7);
                    break;
                case "stored and empty":
                    bits.Write(0b000, 3).Align().Write(0x0000, 16).Write(0xFFFF, 16);
                    break;
                case "with tables for nothing":
                    WriteTables(bits.Write(0b100, 3));
                    break;
                case "final, with tables for nothing":
                    WriteTables(bits.Write(0b101, 3)).Align();
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(kind));
            }
        }

        return bits.Align().ToArray();
    }

    // Section 3.2.7: 257 literal codes, of which only the end of the block has a length, and a distance that has none.
    private static BitWriter WriteTables(BitWriter bits)
    {
        bits.Write(0, 5).Write(0, 5).Write(14, 4);
        foreach (var symbol in (int[])[16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1])
        {
            bits.Write(symbol == 18 ? 1 : symbol is 0 or 1 ? 2 : 0, 3);
        }

        // 138 zeros and 118 zeros, a one, a zero; and then the end of the block.
        return bits.Write(0, 1).Write(127, 7).Write(0, 1).Write(107, 7).Write(0b11, 2).Write(0b01, 2).Write(0, 1);
    }

    private sealed class BitWriter
    {
        private readonly List<byte> _bytes = [];
        private int _used = 8;

        // The lowest bit first; a Huffman code of more than one bit is given the other way round.
        public BitWriter Write(int value, int count)
        {
            for (var bit = 0; bit < count; bit++)
            {
                if (_used == 8)
                {
                    _bytes.Add(0);
                    _used = 0;
                }

                _bytes[^1] |= (byte)(((value >> bit) & 1) << _used++);
            }

            return this;
        }

        public BitWriter Align()
        {
            _used = 8;
            return this;
        }

        public byte[] ToArray() => [.. _bytes];
    }
}
