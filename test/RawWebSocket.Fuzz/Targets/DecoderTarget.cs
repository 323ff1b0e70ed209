using System.Text;
using RawWebSocket.Fuzz.Engine;
using RawWebSocket.Fuzz.Models;
using RawWebSocket.Fuzz.Mutations;
using RawWebSocket.Protocol;

namespace RawWebSocket.Fuzz.Targets;

/// <summary>The message decoder: however the bytes are cut, it finds what the model finds.</summary>
internal sealed class DecoderTarget : FuzzTarget
{
    private const int LongestByteByByte = 600;

    public override string Name => "decoder";

    public override int Share => 4;

    public override int MaxInputLength => 100_000;

    public override byte[] Mutate(byte[] input, byte[] other, Random random) =>
        WireMutations.Mutate(input, other, DecoderSettings.Size, random);

    public override void Execute(byte[] input, Features features)
    {
        if (input.Length < DecoderSettings.Size)
        {
            return;
        }

        var settings = new DecoderSettings(input[0], input[1]);
        var wire = input.AsSpan(DecoderSettings.Size);
        var model = new WireModel(settings.MaxLength)
        {
            MaxFragments = settings.MaxFragments,
            ForgivesFragments = settings.StreamsFragments,
            DiscardAfter = settings.DiscardAfter,
            TellsDiscarded = settings.Discard == Delivery.Discarded,
        };
        model.Read(wire);
        var expected = model.Events;
        Describe(settings, wire, model, expected, features);

        var random = new Random(Randomness.SeedOf(input));
        var length = wire.Length;
        Run(settings, wire, expected, random, pieceLength: () => length, piecesPerRead: static () => 1);
        if (length <= LongestByteByByte)
        {
            Run(settings, wire, expected, random, pieceLength: static () => 1, piecesPerRead: static () => 1);
        }

        var longest = 1 + random.Next(random.OneIn(2) ? 16 : 16 + (length / 2));
        Run(settings, wire, expected, random, pieceLength: () => random.Next(longest + 1), piecesPerRead: static () => int.MaxValue);
        var run = Run(settings, wire, expected, random, () => 1 + random.Next(longest), piecesPerRead: () => 1 + random.Next(3));
        features.Add('p', Features.Magnitude(run.Pieces), (int)settings.Mode);
    }

    private static DecoderRun Run(
        DecoderSettings settings,
        ReadOnlySpan<byte> wire,
        List<ModelEvent> expected,
        Random random,
        Func<int> pieceLength,
        Func<int> piecesPerRead)
    {
        var pieces = new GuardedPieces(wire, pieceLength, random);
        var run = new DecoderRun(settings, random);
        var all = pieces.All;
        var arrived = 0L;
        for (var next = 0; next < all.Count && !run.HasEnded;)
        {
            var count = Math.Min(piecesPerRead(), all.Count - next);
            var read = all.Skip(next).Take(count).ToArray();
            run.Arrive(read);
            next += count;
            arrived += read.Sum(static piece => piece.Length);
            Invariant.Holds(
                wire[..(int)arrived].EndsWith(run.Untouched()),
                "What has not been passed, and is not of a message in place, is left as it came.");
        }

        run.End();
        pieces.ShouldBeIntact();
        Compare(expected, run.Events);
        return run;
    }

    private static void Compare(List<ModelEvent> expected, List<ModelEvent> found)
    {
        var isSame = expected.Count == found.Count && expected.Zip(found).All(static pair => pair.First.IsSameAs(pair.Second));
        Invariant.Holds(
            isSame,
            "Any split of the same bytes gives the events that the model gives.",
            () => $"Expected [{string.Join(", ", expected)}], found [{string.Join(", ", found)}].");
    }

    private static void Describe(
        DecoderSettings settings, ReadOnlySpan<byte> wire, WireModel model, List<ModelEvent> events, Features features)
    {
        features.Add('m', (int)settings.Mode, settings.MaxLength);
        foreach (var found in events)
        {
            features.AddStep('e', (int)found.Kind, FaultOf(found));
            features.Add('d', (int)found.Kind + FaultOf(found), (int)settings.Mode);
            features.Add('s', (int)found.Kind, Features.Magnitude(found.Payload.Length));
        }

        features.Add('n', Features.Magnitude(events.Count), Features.Magnitude(model.Fragments));
        WireFeatures.Describe(wire, features);
    }

    private static int FaultOf(ModelEvent found) =>
        found.Fault is null ? 0 : Randomness.SeedOf(Encoding.ASCII.GetBytes(found.Fault.Reason)) | 0xFF;
}
