using System.IO.Compression;

namespace RawWebSocket.Compression;

/// <summary>How a compressor is made; compressors of the same settings are interchangeable.</summary>
/// <param name="Level">How hard it tries.</param>
/// <param name="WindowBits">
/// How far back it may refer: 2 to this power bytes, 9 to 15. RFC 7692 section 7.1.2.1 knows 8 as well, but zlib cannot make that window.
/// </param>
/// <param name="MemoryLevel">How much memory its block of symbols has, 1 to 9; 8 is zlib's default, each step doubles it.</param>
internal readonly record struct DeflateSettings(CompressionLevel Level, int WindowBits, int MemoryLevel)
{
    public const int MinWindowBits = 9;
    public const int MaxWindowBits = 15;

    // Nobody has to use all of the window that was agreed. A half of it saves a sixth of
    // the time and a fifth of a compressor's memory, and costs two bytes in a hundred.
    private const int UsualWindowBits = 14;

    /// <summary>What an endpoint's options come to.</summary>
    /// <param name="options">The options.</param>
    /// <param name="agreedBits">The window that was agreed.</param>
    public static DeflateSettings Of(RawWebSocketCompressionOptions options, int agreedBits) => new(
        options.Level,
        options.Level == CompressionLevel.SmallestSize ? agreedBits : Math.Min(agreedBits, UsualWindowBits),
        options.MemoryLevel);
}
