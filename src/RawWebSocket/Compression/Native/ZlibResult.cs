namespace RawWebSocket.Compression;

/// <summary>What zlib's functions return.</summary>
internal enum ZlibResult
{
    Ok = 0,
    StreamEnd = 1,
    DataError = -3,

    /// <summary>Nothing could be done: no input, no room, or nothing to flush. No error; the next call goes on.</summary>
    BufferError = -5,
}
