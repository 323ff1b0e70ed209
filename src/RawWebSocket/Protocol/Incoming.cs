using System.Buffers;
using System.Net.WebSockets;

namespace RawWebSocket.Protocol;

internal enum IncomingKind : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A whole message.</summary>
    Message,

    /// <summary>A part of a message that is being streamed.</summary>
    Piece,

    /// <summary>A message has ended that was discarded.</summary>
    Discarded,
    Ping,
    Pong,
    Close,

    /// <summary>The peer broke the protocol; nothing after it is read.</summary>
    Fault,
}

/// <summary>One thing the peer said, as the decoder found it.</summary>
/// <remarks>
/// Handed from place to place for each message, so it is small: what only one kind has shares its place with what only others have.
/// </remarks>
internal readonly struct Incoming
{
    private readonly ReadOnlySequence<byte> _payload;
    private readonly object? _more;
    private readonly bool _isText;

    private Incoming(IncomingKind kind, bool isText, bool endsMessage, object? more)
    {
        Kind = kind;
        _isText = isText;
        EndsMessage = endsMessage;
        _more = more;
    }

    private Incoming(IncomingKind kind, bool isText, bool endsMessage, object? more, in ReadOnlySequence<byte> payload)
        : this(kind, isText, endsMessage, more) => _payload = payload;

    public IncomingKind Kind { get; }

    public bool IsNothing => Kind == IncomingKind.None;

    public WebSocketMessageType Type => _isText ? WebSocketMessageType.Text : WebSocketMessageType.Binary;

    /// <summary>Unmasked. Lies in the transport's buffer unless <see cref="Owned"/> is set.</summary>
    public ReadOnlySequence<byte> Payload => _payload;

    /// <summary>The pooled memory behind the payload, to be released; null when it lies in the transport's buffer.</summary>
    public PooledPayload? Owned => _more as PooledPayload;

    /// <summary>Whether a message ends with this; of a <see cref="IncomingKind.Piece"/>, whether it is its message's last.</summary>
    public bool EndsMessage { get; }

    /// <summary>Only of a <see cref="IncomingKind.Close"/>.</summary>
    public ClosePayload Close => (ClosePayload)_more!;

    /// <summary>Only of a <see cref="IncomingKind.Fault"/>; null of all others.</summary>
    public ProtocolFault? Fault => _more as ProtocolFault;

    public static Incoming Message(WebSocketMessageType type, in ReadOnlySequence<byte> payload, PooledPayload? owned = null) =>
        Data(IncomingKind.Message, type, payload, endsMessage: true, owned);

    public static Incoming Piece(
        WebSocketMessageType type, in ReadOnlySequence<byte> payload, bool endsMessage, PooledPayload? owned = null) =>
        Data(IncomingKind.Piece, type, payload, endsMessage, owned);

    public static Incoming Discarded(WebSocketMessageType type) =>
        new(IncomingKind.Discarded, type == WebSocketMessageType.Text, endsMessage: true, more: null);

    public static Incoming Ping(in ReadOnlySequence<byte> payload) =>
        new(IncomingKind.Ping, isText: false, endsMessage: false, more: null, payload);

    public static Incoming Pong(in ReadOnlySequence<byte> payload) =>
        new(IncomingKind.Pong, isText: false, endsMessage: false, more: null, payload);

    public static Incoming Closing(ClosePayload close) => new(IncomingKind.Close, isText: false, endsMessage: false, close);

    public static Incoming Failed(ProtocolFault fault) => new(IncomingKind.Fault, isText: false, endsMessage: false, fault);

    // The transport's buffer is kept for the bytes that lie in it. For none it is not, so that an empty payload must not point into it.
    private static Incoming Data(
        IncomingKind kind, WebSocketMessageType type, in ReadOnlySequence<byte> payload, bool endsMessage, PooledPayload? owned) =>
        payload.IsEmpty
            ? new(kind, type == WebSocketMessageType.Text, endsMessage, owned, ReadOnlySequence<byte>.Empty)
            : new(kind, type == WebSocketMessageType.Text, endsMessage, owned, payload);
}
