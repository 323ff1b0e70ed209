namespace RawWebSocket.Compression;

/// <summary>What becomes of a compressor's LZ77 window after what it has just compressed (RFC 7692 section 7.1.1).</summary>
internal enum ContextAfter
{
    /// <summary>What follows may refer back to it: context takeover, or the next fragment of the same message.</summary>
    Kept,

    /// <summary>Nothing that follows refers back to it.</summary>
    Forgotten,
}
