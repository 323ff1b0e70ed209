namespace RawWebSocket.Conformance.Tests;

/// <summary>UTF-8 by the grammar of RFC 3629 section 4, written down once more so that the tests do not ask the platform.</summary>
internal static class Utf8Table
{
    // UTF8-octets: each row is one alternative of the ABNF, a range for each of its bytes.
    private static readonly (byte From, byte To)[][] Characters =
    [
        [(0x00, 0x7F)],
        [(0xC2, 0xDF), (0x80, 0xBF)],
        [(0xE0, 0xE0), (0xA0, 0xBF), (0x80, 0xBF)],
        [(0xE1, 0xEC), (0x80, 0xBF), (0x80, 0xBF)],
        [(0xED, 0xED), (0x80, 0x9F), (0x80, 0xBF)],
        [(0xEE, 0xEF), (0x80, 0xBF), (0x80, 0xBF)],
        [(0xF0, 0xF0), (0x90, 0xBF), (0x80, 0xBF), (0x80, 0xBF)],
        [(0xF1, 0xF3), (0x80, 0xBF), (0x80, 0xBF), (0x80, 0xBF)],
        [(0xF4, 0xF4), (0x80, 0x8F), (0x80, 0xBF), (0x80, 0xBF)],
    ];

    /// <summary>Each byte at an end of one of the grammar's ranges, or next to one.</summary>
    public static byte[] BorderBytes { get; } =
    [
        .. Characters.SelectMany(ranges => ranges)
            .SelectMany(range => (int[])[range.From - 1, range.From, range.To, range.To + 1])
            .Where(b => b is >= 0 and <= 0xFF)
            .Select(b => (byte)b)
            .Distinct()
            .Order(),
    ];

    /// <summary>The bytes that one code point is encoded in.</summary>
    public static byte[] Encode(int codePoint) => codePoint switch
    {
        < 0x80 => [(byte)codePoint],
        < 0x800 => [(byte)(0xC0 | (codePoint >> 6)), Trail(codePoint, 0)],
        < 0x10000 => [(byte)(0xE0 | (codePoint >> 12)), Trail(codePoint, 6), Trail(codePoint, 0)],
        _ => [(byte)(0xF0 | (codePoint >> 18)), Trail(codePoint, 12), Trail(codePoint, 6), Trail(codePoint, 0)],
    };

    /// <summary>How many of the bytes can be the beginning of a text; the byte at that position is the offending one.</summary>
    public static int LengthOfGoodBeginning(ReadOnlySpan<byte> bytes, out bool endsBetweenCharacters)
    {
        var at = 0;
        while (true)
        {
            var begun = BestMatch(bytes[at..], out var isWhole);
            endsBetweenCharacters = begun == 0 || isWhole;
            at += begun;
            if (begun == 0 || !isWhole)
            {
                return at;
            }
        }
    }

    private static int BestMatch(ReadOnlySpan<byte> bytes, out bool isWhole)
    {
        var best = 0;
        isWhole = false;
        foreach (var ranges in Characters)
        {
            var length = 0;
            while (length < Math.Min(ranges.Length, bytes.Length)
                && bytes[length] >= ranges[length].From
                && bytes[length] <= ranges[length].To)
            {
                length++;
            }

            if (length > best)
            {
                (best, isWhole) = (length, length == ranges.Length);
            }
        }

        return best;
    }

    private static byte Trail(int codePoint, int shift) => (byte)(0x80 | ((codePoint >> shift) & 0x3F));
}
