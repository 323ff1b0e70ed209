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
    /// What a client is told to wait at least (<c>Retry-After</c>) that is refused for one of these limits, for Kestrel's own
    /// limit of upgraded connections, or because the host stops; default 10 seconds, at least 1 second. It is told whole
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
    /// Leave room for some messages of the longest kind. What Kestrel has read ahead of us is its own to limit, by
    /// <c>SocketTransportOptions.MaxReadBufferSize</c>: 1 MiB a connection by default.
    /// </remarks>
    public long MemoryBudget { get; set; } = Math.Max(1024 * 1024, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);

    /// <summary>
    /// Send through a connection's socket itself when nothing waits before it in Kestrel's queue; default true. It saves a copy and a
    /// switch of threads; the thread that sends makes the system call. What the socket does not take at once goes through the queue. Only
    /// on Linux, only with Kestrel over HTTP/1.1, without TLS and without connection middleware that replaces the transport; everything
    /// else is sent as if it were false. The event counters of <c>System.Net.Sockets</c> do not count what leaves that way; the meter
    /// <c>RawWebSocket</c> does.
    /// </summary>
    public bool DirectSends { get; set; } = true;

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

    internal RawWebSocketServerOptions Clone() => (RawWebSocketServerOptions)MemberwiseClone();
}
