using System.Numerics;

namespace RawWebSocket.Transport;

/// <summary>
/// How Kestrel's own sockets are set up where there is no epoll, or it is not wanted; <c>docs/performance.md</c> has the figures. All of it
/// holds for all connections of the host, HTTP included.
/// </summary>
public sealed class TunedSocketsOptions
{
    /// <summary>
    /// Whether the threads that poll the sockets also run what waits for them; default true. Only has an effect on Linux and
    /// macOS and together with <see cref="RawWebSocketTransportOptions.InlineScheduling"/>. Holds for all sockets of the process, outgoing
    /// ones included.
    /// </summary>
    /// <remarks>
    /// The runtime reads it from the environment variable <c>DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS</c> when the process
    /// uses its first socket. It is set in time when <c>UseRawWebSocketTransport</c> is called before that; otherwise a warning is
    /// logged, and the variable has to be set to 1 before the process starts. A value that it has already is left alone.
    /// </remarks>
    public bool InlineCompletions { get; set; } = true;

    /// <summary>
    /// Whether a connection waits for data before it takes a block to receive into; default true, so that an idle
    /// connection holds none. With false each read costs a system call less and each connection, idle or not, holds a
    /// block of <see cref="BlockSize"/>. It is Kestrel's <c>SocketTransportOptions.WaitForDataBeforeAllocatingBuffer</c>.
    /// </summary>
    public bool WaitForDataBeforeAllocatingBuffer { get; set; } = true;

    /// <summary>
    /// The size of the blocks that Kestrel receives into and sends from, in bytes; default 65,536, or less where the process may use less
    /// than 1 GiB (16,384 in a container of 512 MiB), since each connection with half a frame holds one; from 4,096 (Kestrel's own) to
    /// 1,048,576. A message longer than a block takes a receive for each, and is sent four blocks at a time, at most 256 KiB: so much may
    /// wait for a slow reader.
    /// </summary>
    public int BlockSize { get; set; } = BlockSizeFor(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>
    /// How many bytes of blocks that nobody uses are kept for later, in all; default 64 MiB, but at most a
    /// sixteenth of the memory that the process may use; at least 0, which keeps none. Blocks beyond it
    /// are left to the garbage collector at once.
    /// </summary>
    public long MaxKeptBytes { get; set; } =
        Math.Min(64 * 1024 * 1024, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 16);

    /// <summary>
    /// After how long a kept block that was not needed is left to the garbage collector; default 10 seconds, from 1 second to 1 day. It may
    /// take up to twice as long.
    /// </summary>
    public TimeSpan KeepUnusedFor { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest block, of a size that is a power of two, of which so much memory has 16,384.</summary>
    internal static int BlockSizeFor(long memory) =>
        (int)BitOperations.RoundUpToPowerOf2((ulong)Math.Clamp(memory / (16 * 1024), 4 * 1024, 64 * 1024) / 2 + 1);
}
