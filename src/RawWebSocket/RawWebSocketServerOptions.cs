using System.Net.WebSockets;

namespace RawWebSocket;

/// <summary>
/// What all endpoints of an application share: see <see cref="RawWebSocketOptions.Server"/>. Checked when the application starts; must
/// not be changed afterwards.
/// </summary>
public sealed class RawWebSocketServerOptions
{
    /// <summary>
    /// The most connections that may be open; default 100,000, at least 1. Null sets no limit. One more is refused with 503.
    /// </summary>
    public int? MaxConnections { get; set; } = 100_000;

    /// <summary>
    /// The most connections that one remote address may have open; default 1,000, at least 1. Null sets no limit. One more is refused
    /// with 429. An IPv6 address counts by its first 64 bits, which is what one subscriber has.
    /// </summary>
    /// <remarks>
    /// Behind a proxy, run the forwarded headers middleware first: without it everyone has the proxy's address. Connections without an
    /// address (TestServer, Unix sockets) are not counted.
    /// </remarks>
    public int? MaxConnectionsPerAddress { get; set; } = 1_000;

    /// <summary>
    /// Count connections from this machine itself by address as well; default false, because they come from a proxy on it, or from a test.
    /// </summary>
    public bool CountLoopback { get; set; }

    /// <summary>
    /// The most connections that one user may have open, as <see cref="RawWebSocketOptions.UserIdentifier"/> names them; default 100, at
    /// least 1. Null sets no limit. One more is refused with 429.
    /// </summary>
    public int? MaxConnectionsPerUser { get; set; } = 100;

    /// <summary>
    /// What a client is told to wait at least (<c>Retry-After</c>) that is refused for one of these limits, for want of memory, for
    /// Kestrel's own limit of upgraded connections, or because the host stops; default 10 seconds, at least 1 second. It is told whole
    /// seconds, with up to half as many again at random, so that clients that were refused together do not come back together.
    /// </summary>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many bytes all connections together may hold of messages that wait to be sent, have half arrived, or wait for the application;
    /// default a quarter of the memory that the process may use, at least 1 MiB. Near it less is read ahead, and above it the
    /// connections that hold most are aborted until it is kept, but none that holds no more than its fair share: the budget divided by the
    /// number of connections. Measured by <c>rawwebsocket.memory.buffered</c>.
    /// </summary>
    /// <remarks>
    /// Leave room for some messages of the longest kind. While more than half of it is used, no more than half of a fair share is
    /// read ahead of an application that is behind, whatever <see cref="RawWebSocketOptions.ReceiveAheadBytes"/> says. What Kestrel has
    /// read ahead of us is limited by <see cref="TransportBudget"/>.
    /// </remarks>
    public long MemoryBudget { get; set; } = Math.Max(1024 * 1024, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);

    /// <summary>
    /// How many bytes Kestrel's own buffers may hold for all connections together: read ahead of the application, or not sent yet because
    /// a peer does not read; default a quarter of the memory that the process may use, at least 1 MiB. Above it the connections for which
    /// they hold most are aborted until it is kept.
    /// </summary>
    /// <remarks>
    /// What Kestrel may buffer for a single connection follows from it, see <see cref="FitKestrelBuffers"/>. Connections over TLS and
    /// HTTP/2, whose buffers cannot be seen, count for a full one while their peer is held back.
    /// </remarks>
    public long TransportBudget { get; set; } = Math.Max(1024 * 1024, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);

    /// <summary>
    /// Make Kestrel's buffers smaller than its defaults where the process has little memory; default true. So that 2,048 connections can
    /// fill them within <see cref="TransportBudget"/>, <c>SocketTransportOptions.MaxReadBufferSize</c> (1 MiB) becomes a 2,048th of it,
    /// at least 32 KiB, <c>MaxWriteBufferSize</c> and <c>MaxResponseBufferSize</c> (64 KiB) half as much, at least 16 KiB, and the windows
    /// of HTTP/2 (1 MiB and 768 KiB) as much, at least 96 and 72 KiB. With 8 GiB of memory and more nothing changes.
    /// </summary>
    /// <remarks>
    /// A value that you have set yourself and that is not Kestrel's default is kept. It holds for all connections of the host, HTTP
    /// included, with <c>RawWebSocket.Transport</c> too, and is decided when the application starts.
    /// </remarks>
    public bool FitKestrelBuffers { get; set; } = true;

    /// <summary>
    /// Which part of the memory that the managed heap may have may be used before newcomers are refused with 503; default 0.8, above 0 and
    /// at most 1. They are also refused while all memory of the process, native memory included, is above the garbage collector's own
    /// mark for high memory load, usually 90 % of the machine's or container's.
    /// </summary>
    public double MaxMemoryLoad { get; set; } = 0.8;

    /// <summary>
    /// The code that connections are closed with when the host stops: 1001 (default), which says that the server goes away, or 1012, which
    /// says that it restarts.
    /// </summary>
    public WebSocketCloseStatus ShutdownCloseStatus { get; set; } = WebSocketCloseStatus.EndpointUnavailable;

    /// <summary>
    /// Over how long the closing of all connections is spread at random when the host stops, so that they do not all come back at once;
    /// default 2 seconds, at least 0. Never so long that the closing handshakes would not fit into the host's <c>ShutdownTimeout</c>.
    /// </summary>
    public TimeSpan ShutdownSpread { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long an endpoint's code may keep a thread that waits for sockets, for all that one read brought; default 50 milliseconds, from 1
    /// millisecond to 1 minute, or <see cref="Timeout.InfiniteTimeSpan"/> to watch nobody. An endpoint that took longer for the
    /// second time within a minute runs on the thread pool from then on, and a warning names it once. Pauses for garbage collection and the
    /// compiling of code do not count, nor on Linux does the wait for a processor; elsewhere raise it where the machine is often overloaded.
    /// </summary>
    /// <remarks>
    /// Kestrel runs WebSockets on the thread pool, where it does not matter. It does with <c>RawWebSocket.Transport</c>, and with
    /// <c>SocketTransportOptions.UnsafePreferInlineScheduling</c>.
    /// </remarks>
    public TimeSpan BlockingTime { get; set; } = TimeSpan.FromMilliseconds(50);

    internal RawWebSocketServerOptions Clone() => (RawWebSocketServerOptions)MemberwiseClone();
}
