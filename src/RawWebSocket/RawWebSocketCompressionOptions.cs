using System.IO.Compression;

namespace RawWebSocket;

/// <summary>How messages are compressed on an endpoint (permessage-deflate, RFC 7692).</summary>
public enum WebSocketCompressionMode
{
    /// <summary>Not at all: every offer is declined.</summary>
    Off,

    /// <summary>
    /// Each message for itself, in both directions. Compressors and decompressors belong to the process and are lent for one message, so a
    /// connection holds nothing between messages. Best for many connections, and for messages of some KiB.
    /// </summary>
    Shared,

    /// <summary>
    /// Each message knows those before it (context takeover), so that small ones that resemble
    /// each other shrink most. A connection holds the last of what was said, at most 4 KiB of what
    /// it sent and a window of what it received, and a compressor of its own while it sends often.
    /// </summary>
    Dedicated,

    /// <summary>
    /// Begins as <see cref="Shared"/>, and measures on each connection what compressing saves and how long it takes. Gives a context to
    /// those that send small messages often, where that brings more; takes it back when they fall silent or memory is short; and does not
    /// compress where it does not save a tenth and, beyond that, <see cref="RawWebSocketCompressionOptions.MinimumSavedBytesPerSecond"/>.
    /// </summary>
    Adaptive,
}

/// <summary>
/// Compression of messages on an endpoint (permessage-deflate, RFC 7692): see <see cref="RawWebSocketOptions.Compression"/>. Only what the
/// client offers is ever agreed to; <see cref="WebSocketConnection.Extensions"/> says what was.
/// </summary>
/// <remarks>
/// Compressing a secret together with text that an attacker chooses tells the secret by its length (CRIME, BREACH): send such messages with
/// <see cref="MessageCompression.None"/>. Where the runtime has no native zlib, every offer is declined.
/// </remarks>
public sealed class RawWebSocketCompressionOptions
{
    /// <summary>How messages are compressed; default <see cref="WebSocketCompressionMode.Off"/>.</summary>
    public WebSocketCompressionMode Mode { get; set; }

    /// <summary>
    /// How hard to compress; default <see cref="CompressionLevel.Optimal"/>.
    /// <see cref="CompressionLevel.Fastest"/> takes about a quarter of the time, for a third more bytes.
    /// </summary>
    public CompressionLevel Level { get; set; } = CompressionLevel.Optimal;

    /// <summary>
    /// The largest window that this side compresses with (RFC 7692 section 7.1.2.1): 2 to this power bytes, from 9 to 15; default
    /// 15. A client that asks for less gets less; one that asks for 8 is declined, because zlib cannot make that window. All 15 bits
    /// are only used at <see cref="CompressionLevel.SmallestSize"/>: at other levels the last of them saves less than it costs.
    /// </summary>
    public int ServerMaxWindowBits { get; set; } = 15;

    /// <summary>
    /// The largest window that clients may compress with (RFC 7692 section 7.1.2.2): 2 to this power bytes, from 9 to 15; default 15. Binds
    /// those that say that they can be bound.
    /// </summary>
    public int ClientMaxWindowBits { get; set; } = 15;

    /// <summary>
    /// zlib's memory level, from 1 to 9; default 8. Each step less halves what a compressor needs for the symbols of a block.
    /// </summary>
    public int MemoryLevel { get; set; } = 8;

    /// <summary>
    /// Messages of fewer bytes are sent as they are; default 64, at least 0. Of
    /// a message sent in fragments the size is not known, so it does not count.
    /// </summary>
    public int MinimumSize { get; set; } = 64;

    /// <summary>
    /// In <see cref="WebSocketCompressionMode.Adaptive"/>, what compressing must save beyond a tenth of the payload, in bytes for
    /// each second that it takes; default 1 MiB, at least 0. A second is then worth so many bytes, which is also how the ways of
    /// compressing are compared. With 0 the time does not count: for readers who pay for every byte. Other modes always compress.
    /// </summary>
    public int MinimumSavedBytesPerSecond { get; set; } = 1024 * 1024;

    /// <summary>
    /// By how much a received message may grow; default 200, at least 1. Counts from when it has grown to 1 MiB; one that grew more fails
    /// the connection with 1009. <see cref="RawWebSocketOptions.MaxMessageSize"/> counts what has been inflated, as it appears.
    /// </summary>
    public int MaxRatio { get; set; } = 200;

    internal RawWebSocketCompressionOptions Clone() => (RawWebSocketCompressionOptions)MemberwiseClone();
}
