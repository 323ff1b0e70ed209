using RawWebSocket.Fuzz.Engine;

namespace RawWebSocket.Fuzz.Mutations;

/// <summary>Payloads that have a meaning for a WebSocket: text good and bad, close codes, lengths at a border.</summary>
internal static class Payloads
{
    private static readonly int[] BorderLengths =
        [0, 1, 2, 3, 15, 16, 17, 123, 124, 125, 126, 127, 128, 999, 1000, 1001, 1023, 1024, 1025, 4096];

    // Where the length changes its form, and where pooled pieces and flushes are full. Rare, because they take long.
    private static readonly int[] LongLengths = [16_384, 65_535, 65_536, 65_537];

    // Characters at the borders of table 3-7 of the Unicode standard.
    private static readonly byte[][] Characters =
    [
        [0x00], [0x7F], [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xEC, 0xBF, 0xBF], [0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80],
        [0xEF, 0xBF, 0xBF], [0xF0, 0x90, 0x80, 0x80], [0xF3, 0xBF, 0xBF, 0xBF], [0xF4, 0x8F, 0xBF, 0xBF], [0xE2, 0x82, 0xAC],
    ];

    private static readonly byte[][] NoCharacters =
    [
        [0x80], [0xBF], [0xC0], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x9F], [0xE0, 0x80, 0x80], [0xE2, 0x82], [0xED, 0xA0],
        [0xED, 0xBF, 0xBF], [0xF0, 0x8F], [0xF0, 0x90, 0x80], [0xF4, 0x90], [0xF5], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xFF],
    ];

    private static readonly int[] CloseCodes =
    [
        0, 1, 999, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015, 1016,
        1100, 2000, 2999, 3000, 3999, 4000, 4999, 5000, 32_768, 65_535,
    ];

    public static byte[] Any(Random random) => random.Next(6) switch
    {
        0 => Text(random),
        1 => [.. Text(random), .. random.OneOf<byte[]>(NoCharacters)],
        2 => [.. random.OneOf<byte[]>(NoCharacters), .. Text(random)],
        3 => Close(random),
        4 => random.Bytes(random.Next(20)),
        _ => OfLength(BorderLength(random), random),
    };

    /// <summary>Valid UTF-8.</summary>
    public static byte[] Text(Random random)
    {
        var text = new List<byte>();
        for (var count = random.Next(8); count > 0; count--)
        {
            text.AddRange(random.OneOf<byte[]>(Characters));
        }

        return [.. text];
    }

    /// <summary>A close frame's payload, right or wrong.</summary>
    public static byte[] Close(Random random)
    {
        var code = random.OneIn(8) ? random.Next(ushort.MaxValue + 1) : random.OneOf<int>(CloseCodes);
        byte[] reason = random.OneIn(8) ? random.OneOf<byte[]>(NoCharacters) : Text(random);
        return random.Next(8) switch { 0 => [], 1 => [3], _ => [(byte)(code >> 8), (byte)code, .. reason] };
    }

    public static int BorderLength(Random random) =>
        random.OneIn(200) ? random.OneOf<int>(LongLengths) : random.OneOf<int>(BorderLengths);

    // All the same byte, or all of one character that a border may cut.
    public static byte[] OfLength(int length, Random random)
    {
        var unit = random.OneOf<byte[]>(Characters);
        var payload = new byte[length];
        for (var i = 0; i < payload.Length; i++)
        {
            payload[i] = unit[i % unit.Length];
        }

        return payload;
    }
}
