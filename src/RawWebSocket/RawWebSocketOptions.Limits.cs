using System.Net.WebSockets;
using System.Threading.RateLimiting;

namespace RawWebSocket;

/// <content>
/// What one peer may cost. Reaching a limit is counted by the metric <c>rawwebsocket.limits</c> under its <see cref="WebSocketLimit"/>.
/// </content>
public sealed partial class RawWebSocketOptions
{
    /// <summary>
    /// The longest message that is received whole, in bytes, over all its fragments; default 1 MiB, at least 1. A longer one fails
    /// the connection with 1009 (RFC 6455 section 7.4.1) when its header arrives, before its payload is kept.
    /// </summary>
    public int MaxMessageSize { get; set; } = 1024 * 1024;

    /// <summary>
    /// The most frames that one message may come in, empty ones counted (RFC 6455 section 5.4); default 16,384, at least 1. One more fails
    /// the connection with 1008.
    /// </summary>
    public int MaxFragmentsPerMessage { get; set; } = 16 * 1024;

    /// <summary>
    /// How long the peer may take to finish a message, or a frame, once it has begun; default 1 minute.
    /// <see cref="Timeout.InfiniteTimeSpan"/> lets it take for ever. Then the connection is closed with 1008. Time in which the
    /// application was behind, so that nothing was read, does not count.
    /// </summary>
    public TimeSpan MessageTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How many pings and pongs the peer may send within a second; default 100, at least 1. Of the pings beyond it only the
    /// latest that one read brought is answered (RFC 6455 section 5.5.3); at twice as many the connection fails with 1008.
    /// </summary>
    public int MaxControlFramesPerSecond { get; set; } = 100;

    /// <summary>
    /// How many messages a second the peer may send, in bursts of as many;
    /// default 100,000. Null sets no limit. See <see cref="RateLimitAction"/>.
    /// </summary>
    public int? MaxMessagesPerSecond { get; set; } = 100_000;

    /// <summary>
    /// How many bytes a second the peer may send, headers and control frames included, in bursts of as many; default 256 MiB. Null
    /// sets no limit. See <see cref="RateLimitAction"/>. A compressed message counts with what it has been inflated to, a block of deflate
    /// as at least 2 KiB, beyond two a message, and a fragment after a message's first as at least 64 bytes.
    /// </summary>
    public int? MaxBytesPerSecond { get; set; } = 256 * 1024 * 1024;

    /// <summary>
    /// A limiter of the application's own in the place of <see cref="MaxMessagesPerSecond"/>: one permit a message. It may put several
    /// connections into one partition, such as those of a user. The application disposes it. Default null.
    /// </summary>
    public PartitionedRateLimiter<WebSocketConnection>? MessageRateLimiter { get; set; }

    /// <summary>
    /// A limiter of the application's own in the place of <see cref="MaxBytesPerSecond"/>: one permit a byte. It may put several
    /// connections into one partition, such as those of a user. The application disposes it. Default null.
    /// </summary>
    public PartitionedRateLimiter<WebSocketConnection>? ByteRateLimiter { get; set; }

    /// <summary>What happens to a peer that sends faster than a rate allows; default <see cref="RateLimitAction.HoldBack"/>.</summary>
    public RateLimitAction RateLimitAction { get; set; }

    /// <summary>
    /// How many bytes may wait unread while the application is busy with an earlier message, per connection; default 64 KiB, at least 1.
    /// Beyond it nothing more is read and TCP holds the peer back. A message that has begun to arrive is not counted here but
    /// by <see cref="MaxMessageSize"/>.
    /// </summary>
    public int ReceiveAheadBytes { get; set; } = 64 * 1024;

    /// <summary>
    /// How many bytes of posts and broadcasts may wait for a peer that does not read, per connection: the high mark; default 1 MiB, at
    /// least 1. Beyond it <see cref="SlowReaderPolicy"/> decides. One message may always wait, however long. A sender that awaits its
    /// own sends is held back instead and does not count here.
    /// </summary>
    public int MaxQueuedBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// The low mark, in bytes: when no more than this waits, <see cref="WebSocketConnection.DrainedAsync"/> completes. Default null, which
    /// is a quarter of <see cref="MaxQueuedBytes"/>; at least 0.
    /// </summary>
    public int? LowQueuedBytes { get; set; }

    /// <summary>
    /// What happens to a post or broadcast for a peer that has <see cref="MaxQueuedBytes"/> waiting; default
    /// <see cref="SlowReaderPolicy.Close"/>.
    /// </summary>
    public SlowReaderPolicy SlowReaderPolicy { get; set; }

    /// <summary>
    /// How long a write may make no progress because the peer does not read; default 30 seconds. Then the connection is aborted.
    /// A write takes 64 KiB of a message along, with <c>RawWebSocket.Transport</c> up to 256 KiB, and of short messages sent together up to 128 KiB
    /// and one more; it may take as many times as long as it has 64 KiB. <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.
    /// </summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the answer to an opening handshake may take to be sent; default 10 seconds. Then the request is aborted.</summary>
    /// <remarks>
    /// The request's own time is Kestrel's to limit: <c>KestrelServerLimits.RequestHeadersTimeout</c>, 30 seconds by default.
    /// </remarks>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a connection may carry no message in either direction; default 1 hour. <see cref="Timeout.InfiniteTimeSpan"/> sets no
    /// limit. Then it is closed with <see cref="ExpiredCloseStatus"/>. Pings and pongs are no messages.
    /// </summary>
    /// <remarks>
    /// A message counts when it is whole; one that is streamed, by its fragments. How long the peer may take over one is
    /// <see cref="MessageTimeout"/>'s to limit.
    /// </remarks>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long a connection may live at most; default 24 hours. <see cref="Timeout.InfiniteTimeSpan"/> sets no limit. Then it is closed
    /// with <see cref="ExpiredCloseStatus"/>.
    /// </summary>
    /// <remarks>
    /// What is being sent is finished first, if that takes no longer than <see cref="CloseTimeout"/>; otherwise the connection is aborted.
    /// So it is for the idle time and the ticket.
    /// </remarks>
    public TimeSpan MaxLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// By which part of <see cref="MaxLifetime"/>, at most, a connection's life is shortened at random, so that those that came together
    /// do not leave together; default 0.1, from 0 to 1.
    /// </summary>
    public double LifetimeJitter { get; set; } = 0.1;

    /// <summary>
    /// Close a connection with <see cref="ExpiredCloseStatus"/> when the authentication ticket that opened it expires; default true.
    /// </summary>
    /// <remarks>
    /// The time is that of <c>AuthenticationProperties.ExpiresUtc</c>, read when the connection opens: of a cookie's session, or of a
    /// bearer token. A cookie that slides and is renewed by the opening request itself counts with its new time. One that is renewed later,
    /// by other requests, does not prolong the connection; a new connection has the new time.
    /// </remarks>
    public bool CloseOnAuthenticationExpiration { get; set; } = true;

    /// <summary>The code that a connection is closed with when its idle time, its life or its ticket has run out; default 1008.</summary>
    public WebSocketCloseStatus ExpiredCloseStatus { get; set; } = WebSocketCloseStatus.PolicyViolation;

    /// <summary>
    /// The most bytes of names and values that an opening request's headers may have, since each connection keeps them; at least 256. More
    /// is refused with 431. Default null, which takes whatever the server has taken, so that cookies with which a page loads open its
    /// WebSocket too: Kestrel's <c>KestrelServerLimits.MaxRequestHeadersTotalSize</c> is 32 KiB by default.
    /// </summary>
    public int? MaxHandshakeHeaderBytes { get; set; }

    /// <summary>
    /// The most subprotocols that an opening request may offer, and the most extensions; default 32, at least 1. More is refused with 400.
    /// </summary>
    public int MaxHandshakeOffers { get; set; } = 32;
}
