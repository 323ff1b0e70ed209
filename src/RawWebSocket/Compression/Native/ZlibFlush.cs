namespace RawWebSocket.Compression;

/// <summary>How much of what zlib has been given must come out.</summary>
internal enum ZlibFlush
{
    None = 0,

    /// <summary>All of it, up to a whole byte: what comes out ends with an empty stored block, <c>00 00 FF FF</c>.</summary>
    Sync = 2,

    /// <summary>The same, and what came before is forgotten: nothing refers back beyond this point.</summary>
    Full = 3,

    /// <summary>Decompressing: no further than to the end of the block that is under way.</summary>
    Block = 5,
}
