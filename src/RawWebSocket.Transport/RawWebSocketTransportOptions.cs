using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using RawWebSocket.Transport.Loops;

namespace RawWebSocket.Transport;

/// <summary>How the transport works. The defaults are meant to be right; all is checked when the host starts.</summary>
/// <remarks>
/// What Kestrel's own sockets have an option for is set there, in <see cref="SocketTransportOptions"/>, and holds on epoll too:
/// <see cref="SocketTransportOptions.Backlog"/>, <see cref="SocketTransportOptions.NoDelay"/>,
/// <see cref="SocketTransportOptions.MaxReadBufferSize"/>, <see cref="SocketTransportOptions.MaxWriteBufferSize"/> and
/// <see cref="SocketTransportOptions.UnsafePreferInlineScheduling"/>. On epoll a <see cref="SocketTransportOptions.CreateBoundListenSocket"/>
/// of your own is refused when the host starts, and the others mean nothing.
/// </remarks>
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
    /// How many bytes one receive takes at most; each loop has one buffer of that size. 4 KiB to 4 MiB; default 128 KiB.
    /// </summary>
    public int ReceiveBufferSize { get; set; } = 128 * 1024;
}
