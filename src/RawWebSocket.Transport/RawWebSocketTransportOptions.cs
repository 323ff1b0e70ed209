using RawWebSocket.Transport.Loops;

namespace RawWebSocket.Transport;

/// <summary>How the transport works. The defaults are meant to be right; all is checked when the host starts.</summary>
public sealed class RawWebSocketTransportOptions
{
    /// <summary>
    /// Whether epoll is used where the system has it: on Linux, x64 and arm64. False is Kestrel's own sockets, tuned, on every system.
    /// Default true. Looked at when <c>UseRawWebSocketTransport</c> is called, not later.
    /// </summary>
    public bool UseEpoll { get; set; } = true;

    /// <summary>How Kestrel's own sockets are tuned where there is no epoll, or it is not wanted. On epoll none of it matters.</summary>
    public TunedSocketsOptions Sockets { get; } = new();

    /// <summary>
    /// How many threads wait for the sockets. 1 to 64; default half of the processors, at least 1 and at most 16. A loop does little for a
    /// message, and the other half of the processors is for the application: with one loop on two cores a message costs less than with two.
    /// </summary>
    public int EventLoops { get; set; } = LoopGroup.DefaultCount;

    /// <summary>
    /// Whether WebSockets run on the threads that wait for the sockets: a message costs no thread switch then. An endpoint whose code blocks
    /// such a thread is moved to the thread pool (<see cref="RawWebSocketServerOptions.BlockingTime"/>). Default true. On epoll it holds for
    /// connections that have been handed over; on Kestrel's own sockets for all connections of the host, HTTP included, where a handler that
    /// blocks holds up everyone whom its thread serves.
    /// </summary>
    public bool InlineScheduling { get; set; } = true;

    /// <summary>
    /// How many connections the system keeps that have not been accepted yet, as far as the system's own limit (<c>net.core.somaxconn</c>)
    /// allows. 1 or more; default 512.
    /// </summary>
    public int Backlog { get; set; } = 512;

    /// <summary>Whether small packets leave at once (<c>TCP_NODELAY</c>); default true.</summary>
    public bool NoDelay { get; set; } = true;

    /// <summary>
    /// How many bytes one receive takes at most; each loop has one buffer of that size. 4 KiB to 4 MiB; default 128 KiB.
    /// </summary>
    public int ReceiveBufferSize { get; set; } = 128 * 1024;

    /// <summary>
    /// How many bytes a connection keeps that the application has not looked at, before it is no longer read; it is read again below half
    /// of it. 4 KiB to 1 GiB; default 256 KiB.
    /// </summary>
    public int MaxReadBufferSize { get; set; } = 256 * 1024;

    /// <summary>
    /// How many bytes may wait for a peer that does not take them, before a flush waits; it ends below half of it. 4 KiB to 1 GiB;
    /// default 64 KiB.
    /// </summary>
    public int MaxWriteBufferSize { get; set; } = 64 * 1024;

    /// <summary>
    /// Whether what waits for bytes runs on the thread that received them, without the thread pool; default false. Faster, but only for an
    /// application of which no part ever blocks its thread: a thread that is blocked serves none of its other connections meanwhile.
    /// </summary>
    public bool UnsafePreferInlineScheduling { get; set; }
}
