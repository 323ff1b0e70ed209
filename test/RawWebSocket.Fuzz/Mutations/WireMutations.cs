using RawWebSocket.Fuzz.Engine;

namespace RawWebSocket.Fuzz.Mutations;

/// <summary>Changes to an input of some bytes that say how to run it, followed by what a client sends.</summary>
internal static class WireMutations
{
    public static byte[] Mutate(byte[] input, byte[] other, int settings, Random random)
    {
        if (input.Length < settings || other.Length < settings)
        {
            return [.. input, .. random.Bytes(settings)];
        }

        var head = input[..settings];
        if (random.OneIn(4))
        {
            head[random.Next(settings)] = (byte)random.Next(256);
        }

        byte[] wire = random.Next(4) switch
        {
            0 when random.OneIn(4) => ByteMutations.Mutate(input[settings..], other[settings..], random),
            1 when random.OneIn(4) => ByteMutations.Splice(input[settings..], other[settings..], random),
            2 when random.OneIn(4) => input[settings..(settings + random.Next(input.Length - settings + 1))],
            _ => FrameMutations.Mutate(input.AsSpan(settings), other.AsSpan(settings), random),
        };
        return [.. head, .. wire];
    }
}
