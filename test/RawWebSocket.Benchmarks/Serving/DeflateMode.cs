namespace RawWebSocket.Benchmarks.Serving;

/// <summary>permessage-deflate (RFC 7692).</summary>
internal enum DeflateMode
{
    Off,

    /// <summary>Without context takeover: nothing is kept for a connection between two messages.</summary>
    Shared,

    /// <summary>With context takeover: a compressor for each connection.</summary>
    Dedicated,
}
