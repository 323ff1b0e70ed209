using System.Net.WebSockets;

namespace RawWebSocket;

/// <summary>Who ended a connection.</summary>
public enum ClosedBy
{
    /// <summary>The peer sent the first close frame.</summary>
    Peer,

    /// <summary>
    /// This side sent the first close frame, for the application, for a fault or limit of the peer's, or because the host stops.
    /// </summary>
    Server,

    /// <summary>No closing handshake: the transport ended under the connection, or was aborted, or the peer fell silent.</summary>
    Transport,
}

/// <summary>What a close frame carried (RFC 6455 section 5.5.1).</summary>
/// <param name="Code">The code; 1005 (<see cref="WebSocketCloseStatus.Empty"/>) when the frame was empty.</param>
/// <param name="Reason">The reason; never null.</param>
public readonly record struct WebSocketCloseFrame(WebSocketCloseStatus Code, string Reason);

/// <summary>
/// How a connection ended (RFC 6455 section 7.1.5 and 7.1.6), and what it had been: given to the handler's closed event, logged once, and
/// counted by the metrics.
/// </summary>
/// <param name="Code">
/// The first close frame's code; 1005 (<see cref="WebSocketCloseStatus.Empty"/>) when it carried none, and
/// 1006 (<see cref="Abnormal"/>) when there was no close frame, or none in answer to ours where an answer is awaited, which it is
/// not after a breach of the protocol (section 7.1.7). Codes without a name in the enum are cast from their number.
/// </param>
/// <param name="Reason">The first close frame's reason, or this side's own words for an abnormal end; never null.</param>
/// <param name="By">Who ended it.</param>
public sealed record WebSocketClosure(WebSocketCloseStatus Code, string Reason, ClosedBy By)
{
    /// <summary>1006: the connection ended without a close frame (RFC 6455 section 7.4.1). Never sent.</summary>
    public const WebSocketCloseStatus Abnormal = (WebSocketCloseStatus)1006;

    /// <summary>True when a close frame said how the connection ends: ours was answered, or sent for a fault, or the peer's came.</summary>
    public bool WasClean => By != ClosedBy.Transport;

    /// <summary>The close frame that was sent to the peer; null when none was.</summary>
    public WebSocketCloseFrame? Sent { get; init; }

    /// <summary>The close frame that the peer sent; null when none came.</summary>
    public WebSocketCloseFrame? Received { get; init; }

    /// <summary>The limit that ended the connection; null when none did.</summary>
    public WebSocketLimit? Limit { get; init; }

    /// <summary>
    /// What the application threw, or what went wrong with reading or writing; null as a rule, and for every ordinary disconnect.
    /// </summary>
    public Exception? Exception { get; init; }

    /// <summary>From the opening handshake to the end.</summary>
    public TimeSpan Lifetime { get; init; }

    /// <summary>Whole messages from the peer.</summary>
    public long MessagesReceived { get; init; }

    /// <summary>Whole messages to the peer.</summary>
    public long MessagesSent { get; init; }

    /// <summary>Bytes from the peer: frames with their headers, control frames included.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Bytes handed to the transport: frames with their headers, control frames included.</summary>
    public long BytesSent { get; init; }

    /// <summary>
    /// Posts and broadcasts that were not sent because the peer did not read: dropped by
    /// the <see cref="SlowReaderPolicy"/>, or replaced by a newer one of the same key.
    /// </summary>
    public long MessagesDropped { get; init; }

    /// <summary>
    /// The last round-trip time that a pong gave, from a ping of the application's or of keep-alive; null when there was none.
    /// </summary>
    public TimeSpan? LastRoundTrip { get; init; }
}
