namespace RawWebSocket.Protocol;

/// <summary>How decompressing a piece ended.</summary>
internal enum InflateStatus
{
    /// <summary>All of the input has been taken, and all that it gives has come out.</summary>
    Done,

    /// <summary>There may be more to come out: go on, with more room and the rest of the input, be it empty.</summary>
    OutputFull,

    /// <summary>This is not what RFC 1951 describes; the connection is to be failed.</summary>
    Garbage,
}
