using RawWebSocket.Fuzz.Engine;
using RawWebSocket.Fuzz.Mutations;

namespace RawWebSocket.Fuzz.Targets;

/// <summary>Compressed messages: whatever comes is understood as RFC 1951 has it, and what is sent can be read by the peer.</summary>
internal sealed class DeflateTarget : FuzzTarget
{
    public override string Name => "deflate";

    public override int Share => 3;

    public override int MaxInputLength => 6_000;

    public override byte[] Mutate(byte[] input, byte[] other, Random random) => DeflateMutations.Mutate(input, other, random);

    public override void Execute(byte[] input, Features features)
    {
        if (DeflateInput.TryParse(input) is not { } parsed)
        {
            return;
        }

        if (parsed.IsRoundTrip)
        {
            new RoundTrip(parsed).Check(features);
        }
        else
        {
            InflateRules.Check(parsed, features);
        }
    }
}
