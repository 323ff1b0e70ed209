using RawWebSocket.Fuzz.Engine;

namespace RawWebSocket.Fuzz.Mutations;

/// <summary>Changes that know nothing of what the bytes mean.</summary>
internal static class ByteMutations
{
    private const int LongestRange = 64;

    private static readonly byte[] Interesting =
        [0x00, 0x01, 0x0F, 0x7D, 0x7E, 0x7F, 0x80, 0x81, 0xBF, 0xC0, 0xE0, 0xED, 0xF0, 0xF4, 0xFE, 0xFF];

    public static byte[] Mutate(byte[] input, byte[] other, Random random) => random.Next(9) switch
    {
        0 => Set(input, random, static (b, random) => (byte)(b ^ (1 << random.Next(8)))),
        1 => Set(input, random, static (_, random) => random.OneOf<byte>(Interesting)),
        2 => Set(input, random, static (_, random) => (byte)random.Next(256)),
        3 => Set(input, random, static (b, random) => (byte)(b + random.Next(-4, 5))),
        4 => Insert(input, random, random.Bytes(1 + random.Next(8))),
        5 => Insert(input, random, Enumerable.Repeat(random.OneOf<byte>(Interesting), 1 + random.Next(LongestRange)).ToArray()),
        6 => Insert(input, random, RangeOf(input, random)),
        7 => Remove(input, random),
        _ => Splice(input, other, random),
    };

    /// <summary>The start of one and the end of the other.</summary>
    public static byte[] Splice(byte[] input, byte[] other, Random random) =>
        [.. input.AsSpan(0, random.Next(input.Length + 1)), .. other.AsSpan(random.Next(other.Length + 1))];

    private static byte[] Set(byte[] input, Random random, Func<byte, Random, byte> change)
    {
        if (input.Length == 0)
        {
            return random.Bytes(1);
        }

        byte[] output = [.. input];
        var at = random.Next(output.Length);
        output[at] = change(output[at], random);
        return output;
    }

    private static byte[] Insert(byte[] input, Random random, byte[] inserted)
    {
        var at = random.Next(input.Length + 1);
        return [.. input.AsSpan(0, at), .. inserted, .. input.AsSpan(at)];
    }

    private static byte[] Remove(byte[] input, Random random)
    {
        var at = random.Next(input.Length + 1);
        var count = Math.Min(input.Length - at, 1 + random.Next(random.OneIn(4) ? LongestRange : 4));
        return [.. input.AsSpan(0, at), .. input.AsSpan(at + count)];
    }

    private static byte[] RangeOf(byte[] input, Random random)
    {
        var at = random.Next(input.Length + 1);
        return input.AsSpan(at, Math.Min(input.Length - at, 1 + random.Next(LongestRange))).ToArray();
    }
}
