namespace RawWebSocket.Hosting;

/// <summary>
/// How much Kestrel may buffer for one connection, chosen so that the connections that the memory must do for fit into the transport
/// budget. Kestrel reads its sizes once, when it starts, so they cannot follow the number of connections.
/// </summary>
/// <param name="Read">What is read ahead of the application, in bytes.</param>
/// <param name="Write">What waits for a peer that does not read, in bytes.</param>
/// <param name="Http2Connection">What all streams of an HTTP/2 connection may send ahead, in bytes.</param>
/// <param name="Http2Stream">What one of them may, in bytes.</param>
internal sealed record BufferSizes(long Read, long Write, int Http2Connection, int Http2Stream)
{
    private const int KiB = 1024;
    private const int MiB = 1024 * KiB;

    // So many connections may all have their buffers full. Below 8 GiB of memory, with the default budget, that makes them smaller than
    // Kestrel's own.
    private const int FullAtOnce = 2048;

    private const long Page = 4 * KiB;

    // Less would cost a long message more in pauses than it saves.
    private const long SmallestRead = 32 * KiB;
    private const long SmallestWrite = 16 * KiB;

    private const long LargestWrite = 64 * KiB;

    // HTTP/2 allows no less than 64 KiB for a stream, and one that is held back must leave something for its siblings.
    private const long SmallestHttp2 = 96 * KiB;

    public static BufferSizes For(long transportBudget)
    {
        var part = transportBudget / FullAtOnce / Page * Page;
        var http2 = Math.Clamp(part, SmallestHttp2, MiB);
        return new(
            Math.Clamp(part, SmallestRead, MiB),
            Math.Clamp(part / 2, SmallestWrite, LargestWrite),
            (int)http2,
            (int)(http2 / 4 * 3));
    }
}
