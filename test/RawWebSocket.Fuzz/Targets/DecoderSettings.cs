using RawWebSocket.Protocol;

namespace RawWebSocket.Fuzz.Targets;

/// <summary>How an input wants its messages: the first two bytes of it.</summary>
internal readonly struct DecoderSettings(byte settings, byte limits)
{
    public const int Size = 2;

    private const int MaxDiscardAfter = 3;

    private static readonly int[] MaxLengths = [1, 16, 125, 126, 1000, 65_536, 1_000_000, int.MaxValue];

    private static readonly int[] MostFragments = [int.MaxValue, 1, 3, 16];

    /// <summary>In the lowest three bits.</summary>
    public DecoderMode Mode { get; } = (DecoderMode)(settings & 7);

    /// <summary>The longest message, in the three bits above them.</summary>
    public int MaxLength { get; } = MaxLengths[(settings >> 3) & 7];

    /// <summary>After how many events nothing but control frames is wanted any more, in the two bits above those; none is never.</summary>
    public int? DiscardAfter { get; } = (DecoderMode)(settings & 7) == DecoderMode.Discarded ? 0
        : (settings >> 6) == 0 ? null
        : Math.Min(settings >> 6, MaxDiscardAfter);

    /// <summary>
    /// The most frames of a message, in the lowest two bits of the second byte. Streams
    /// are forgiven some, so it is none where it is left to chance what becomes a stream.
    /// </summary>
    public int MaxFragments { get; } = (DecoderMode)(settings & 7) == DecoderMode.Anyhow ? int.MaxValue : MostFragments[limits & 3];

    /// <summary>Whether all that comes in fragments is streamed.</summary>
    public bool StreamsFragments => Mode is DecoderMode.Streamed or DecoderMode.UndecidedThenStreamed;

    /// <summary>How nothing is wanted: so that the end of each message is still told, or not even that; in the bit above those.</summary>
    public Delivery Discard { get; } = (limits & 4) == 0 ? Delivery.Discarded : Delivery.Ignored;

    /// <summary>How the next message is wanted before anyone has to decide.</summary>
    public Delivery Wanted(Random random) => Mode switch
    {
        DecoderMode.UndecidedThenWhole or DecoderMode.UndecidedThenStreamed => Delivery.Undecided,
        DecoderMode.AheadThenWhole or DecoderMode.AheadThenStreamed => Delivery.Ahead,
        DecoderMode.Whole => Delivery.Whole,
        DecoderMode.Streamed => Delivery.Streamed,
        DecoderMode.Discarded => Discard,
        _ => (Delivery)random.Next((int)Delivery.Streamed + 1),
    };

    /// <summary>How it is wanted when the decoder waits for that.</summary>
    public Delivery Decided(Random random) => Mode switch
    {
        DecoderMode.UndecidedThenStreamed or DecoderMode.AheadThenStreamed or DecoderMode.Streamed => Delivery.Streamed,
        DecoderMode.Anyhow when random.Next(2) == 0 => Delivery.Streamed,
        _ => Delivery.Whole,
    };
}

internal enum DecoderMode
{
    UndecidedThenWhole,
    UndecidedThenStreamed,
    AheadThenWhole,
    AheadThenStreamed,
    Whole,
    Streamed,
    Discarded,

    /// <summary>Now so, now so, with each question.</summary>
    Anyhow,
}
