using RawWebSocket.Fuzz.Engine;
using RawWebSocket.Fuzz.Mutations;

namespace RawWebSocket.Fuzz.Tests.Engine;

/// <summary>A target with a fault that is to be found: three bytes in this order, anywhere, are one too many for it.</summary>
internal sealed class BrokenTarget : FuzzTarget
{
    public static readonly byte[] Fatal = [0x01, 0x80, 0xFF];

    public override string Name => "broken";

    public override int MaxInputLength => 200;

    public override byte[] Mutate(byte[] input, byte[] other, Random random) => ByteMutations.Mutate(input, other, random);

    public override void Execute(byte[] input, Features features)
    {
        var matched = 0;
        foreach (var b in input)
        {
            matched += b == Fatal[matched] ? 1 : 0;
            features.Add('m', matched);
            Invariant.Holds(matched < Fatal.Length, "No fatal bytes.");
        }
    }
}
