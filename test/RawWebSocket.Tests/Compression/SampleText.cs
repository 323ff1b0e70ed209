using System.Text;

namespace RawWebSocket.Tests.Compression;

/// <summary>Payloads as they occur: alike, but not the same, so that they refer back near and far.</summary>
internal static class SampleText
{
    private static readonly string[] Vocabulary =
        ["\"id\":", "\"name\":", "\"price\":", "{", "}", "true", "null", "alpha", "bravo", "charlie", "delta", ",", "[", "]", "  "];

    /// <summary>Words in a random order, with numbers between them.</summary>
    public static byte[] Words(int length, Random random)
    {
        var text = new StringBuilder();
        while (text.Length < length)
        {
            text.Append(Vocabulary[random.Next(Vocabulary.Length)]);
            if (random.Next(3) == 0)
            {
                text.Append(random.Next());
            }
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, length));
    }

    /// <summary>Noise that comes again at every distance up to the given one, so that a compressor refers back as far as it may.</summary>
    public static byte[] Echoes(int longestDistance, Random random)
    {
        var noise = new byte[longestDistance];
        random.NextBytes(noise);
        var all = new List<byte>(noise);
        while (all.Count < 6 * longestDistance)
        {
            var start = all.Count - random.Next(1, longestDistance + 1);
            all.AddRange(all[start..Math.Min(all.Count, start + random.Next(8, 64))]);
            all.Add((byte)random.Next());
        }

        return [.. all];
    }
}
