namespace RawWebSocket.Protocol;

/// <summary>What a <see cref="MessageDecoder"/> works with, for one connection.</summary>
/// <param name="MaxWholeLength">The longest message to hand over whole, in bytes.</param>
/// <param name="MaxFragments">The most frames that one message may come in.</param>
/// <param name="Memory">Charged for messages that are gathered.</param>
/// <param name="Inflater">Inflates compressed messages; null when none may come.</param>
internal readonly record struct DecoderTerms(
    long MaxWholeLength, int MaxFragments, IMemoryAccount Memory, IMessageInflater? Inflater = null);
