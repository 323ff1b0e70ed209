using RawWebSocket.Fuzz.Engine;
using RawWebSocket.Fuzz.Mutations;
using RawWebSocket.Protocol;
using RawWebSocket.Tests.Protocol;
using RawWebSocket.Tests.Wire;

namespace RawWebSocket.Fuzz.Targets;

/// <summary>The UTF-8 validator: finds bad bytes where the base library's decoder does, wherever the text is cut.</summary>
internal sealed class Utf8Target : FuzzTarget
{
    private readonly StrictUtf8 _strict = new();

    public override string Name => "utf8";

    public override int MaxInputLength => 400;

    public override byte[] Mutate(byte[] input, byte[] other, Random random) => random.Next(4) switch
    {
        0 => [.. input, .. Payloads.Any(random)],
        1 => [.. Payloads.Any(random), .. input],
        _ => ByteMutations.Mutate(input, other, random),
    };

    public override void Execute(byte[] input, Features features)
    {
        var isValid = _strict.IsValid(input);
        var firstDead = _strict.FirstDead(input);
        Describe(input, firstDead, isValid, features);
        Compare(input, static () => 1, firstDead, isValid);
        Compare(input, () => input.Length, firstDead, isValid);
        var random = new Random(Randomness.SeedOf(input));
        var longest = 2 + random.Next(random.OneIn(2) ? 6 : 80);
        Compare(input, () => random.Next(longest), firstDead, isValid);

        var pieces = new GuardedPieces(input, () => random.Next(longest), random);
        Invariant.Holds(Utf8Validator.IsValid(Segments.Of(pieces.All)) == isValid, "A text in segments is UTF-8 when the whole of it is.");
    }

    private static void Compare(byte[] input, Func<int> nextLength, int? firstDead, bool isValid)
    {
        var validator = new Utf8Validator();
        var start = 0;
        while (start < input.Length)
        {
            var length = Math.Min(nextLength(), input.Length - start);
            var end = start + length;
            var alive = validator.TryAppend(input.AsSpan(start, length));
            Invariant.Holds(
                alive == !(firstDead < end),
                "A byte that cannot become UTF-8 is found when it comes, and no other.",
                () => $"It is at {firstDead}, and {start} to {end} gave {alive}.");
            if (!alive)
            {
                return;
            }

            start = end;
        }

        Invariant.Holds(validator.IsComplete == isValid, "A text is complete when no character stands half finished.");
    }

    private static void Describe(byte[] input, int? firstDead, bool isValid, Features features)
    {
        features.Add('v', isValid ? 1 : 0, firstDead is null ? 0 : 1);
        var last = firstDead ?? input.Length - 1;
        for (var i = 0; i <= last; i++)
        {
            features.AddStep('b', input[i] switch { < 0x80 => 0, < 0xC0 => input[i] >> 4, var lead => lead });
        }

        if (firstDead is { } dead)
        {
            features.Add('d', input[dead] >> 4, Features.Magnitude(dead));
        }
    }
}
