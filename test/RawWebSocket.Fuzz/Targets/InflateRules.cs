using RawWebSocket.Compression;
using RawWebSocket.Fuzz.Engine;
using RawWebSocket.Fuzz.Models;

namespace RawWebSocket.Fuzz.Targets;

/// <summary>
/// Anything as compressed messages: they mean what the model says, however they are cut, however little room there is for them, and
/// whether the decompressor is kept between them or has to be reminded.
/// </summary>
internal static class InflateRules
{
    private const int AllRoom = InflateModel.MaxLength + 1;
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    private enum Rhythm
    {
        /// <summary>After each message so long a pause that all is given back.</summary>
        Slow,

        /// <summary>No pauses: from the fourth message on, the decompressor is kept.</summary>
        Fast,

        /// <summary>As each message says.</summary>
        Mixed,
    }

    public static void Check(DeflateInput input, Features features)
    {
        var model = new InflateModel(Math.Max(input.WindowBits, DeflateSettings.MinWindowBits), !input.NoContextTakeover);
        foreach (var (action, payload) in input.Messages)
        {
            var isRead = model.TryRead(payload);
            Describe(input, model, action, isRead, features);
            if (!isRead)
            {
                break;
            }
        }

        var pools = new ZlibPools(maxAttached: 0);
        var random = new Random(input.Seed);
        foreach (var rhythm in Enum.GetValues<Rhythm>())
        {
            var whole = Run(input, rhythm, model, pools, static () => int.MaxValue, static () => AllRoom);
            var (piece, room) = (1 + random.Next(random.OneIn(2) ? 4 : 200), 1 + random.Next(random.OneIn(2) ? 4 : 2000));
            var cut = Run(input, rhythm, model, pools, () => random.Next(piece + 1), () => 1 + random.Next(room));
            Invariant.Holds(
                AreSame(whole, cut), "However it is cut, a message is the same.", () => $"{rhythm}: {Tell(whole)}, {Tell(cut)}.");
            features.AddStep('r', (int)rhythm, Math.Min(whole.Messages.Count, 8));
        }

        // The first time frees what was used since the last.
        pools.Trim();
        pools.Trim();
    }

    private static InflateRun Run(
        DeflateInput input, Rhythm rhythm, InflateModel model, ZlibPools pools, Func<int> pieceLength, Func<int> room)
    {
        var run = new InflateRun(input, pools, InflateModel.MaxLength, pieceLength, room);
        foreach (var message in input.Messages)
        {
            run.Pause(
                rhythm switch { Rhythm.Slow => Silence, Rhythm.Fast => TimeSpan.Zero, _ => message.Pause },
                parks: rhythm != Rhythm.Mixed || message.Parks);
            if (!run.Receive(message.Payload))
            {
                break;
            }
        }

        run.Stop();
        Compare(model, run, rhythm);
        return run;
    }

    private static void Compare(InflateModel model, InflateRun run, Rhythm rhythm)
    {
        string Details() => $"{rhythm}: {Tell(run)} where the model has {model.Messages.Count} messages and then {model.Fault ?? "none"}";
        Invariant.Holds(run.Messages.Count <= model.Messages.Count, "What means nothing is found out.", Details);
        Invariant.Holds(run.Messages.Count >= model.WithinTerms, "What keeps to the agreement is understood.", Details);
        Invariant.Holds(
            run.Messages.Zip(model.Messages).All(static pair => pair.First.AsSpan().SequenceEqual(pair.Second)),
            "A message is what RFC 1951 says that it is.",
            Details);
    }

    // Garbage may give a byte more, of what was put behind it to see whether it ends.
    private static bool AreSame(InflateRun whole, InflateRun cut) =>
        whole.Messages.Count == cut.Messages.Count
        && whole.HasGivenUp == cut.HasGivenUp
        && whole.Garbage is null == cut.Garbage is null
        && whole.Garbage.AsSpan().CommonPrefixLength(cut.Garbage) == Math.Min(whole.Garbage?.Length ?? 0, cut.Garbage?.Length ?? 0);

    private static string Tell(InflateRun run) =>
        $"{run.Messages.Count} messages and then "
        + (run.HasGivenUp ? "one too long" : run.Garbage is { } garbage ? $"garbage after {garbage.Length} bytes" : "none");

    private static void Describe(DeflateInput input, InflateModel model, byte action, bool isRead, Features features)
    {
        features.AddStep('m', isRead ? 1 : 0, model.WithinTerms == model.Messages.Count ? 1 : 0);
        features.Add('w', input.First & 0x1F, Features.Magnitude(model.LongestDistance));
        features.Add('a', action & 7, isRead ? Features.Magnitude(model.Messages[^1].Length) : 0);
        var previous = 0;
        foreach (var block in model.Blocks)
        {
            features.Add('b', block, previous);
            previous = block;
        }

        if (model.Fault is { } fault)
        {
            features.Add('f', Randomness.SeedOf(System.Text.Encoding.ASCII.GetBytes(fault)), Features.Magnitude(model.Messages.Count));
        }
    }
}
