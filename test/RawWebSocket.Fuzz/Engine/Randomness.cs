namespace RawWebSocket.Fuzz.Engine;

/// <content>What mutators ask of chance.</content>
internal static class Randomness
{
    public static bool OneIn(this Random random, int chances) => random.Next(chances) == 0;

    public static T OneOf<T>(this Random random, params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];

    public static byte[] Bytes(this Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>A seed that depends on the input alone, so that the input alone replays what it did.</summary>
    public static int SeedOf(ReadOnlySpan<byte> input)
    {
        var hash = 2166136261;
        foreach (var b in input)
        {
            hash = (hash ^ b) * 16777619;
        }

        return (int)(hash & int.MaxValue);
    }
}
