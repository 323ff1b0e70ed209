using System.Buffers;
using System.Net.WebSockets;

namespace RawWebSocket.Protocol;

internal enum IncomingKind
{
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
internal readonly struct Incoming
{
    public IncomingKind Kind { get; private init; }

    public WebSocketMessageType Type { get; private init; }

    /// <summary>Unmasked. Lies in the transport's buffer unless <see cref="Owned"/> is set.</summary>
    public ReadOnlySequence<byte> Payload { get; private init; }

    /// <summary>The pooled memory behind the payload, to be released; null when it lies in the transport's buffer.</summary>
    public PooledPayload? Owned { get; private init; }

    /// <summary>Whether a message ends with this; of a <see cref="IncomingKind.Piece"/>, whether it is its message's last.</summary>
    public bool EndsMessage { get; private init; }

    public ClosePayload Close { get; private init; }

    public ProtocolFault? Fault { get; private init; }

    public static Incoming Message(WebSocketMessageType type, in ReadOnlySequence<byte> payload, PooledPayload? owned = null) =>
        new() { Kind = IncomingKind.Message, Type = type, Payload = Kept(payload), Owned = owned, EndsMessage = true };

    public static Incoming Piece(
        WebSocketMessageType type, in ReadOnlySequence<byte> payload, bool endsMessage, PooledPayload? owned = null) =>
        new() { Kind = IncomingKind.Piece, Type = type, Payload = Kept(payload), Owned = owned, EndsMessage = endsMessage };

    public static Incoming Discarded(WebSocketMessageType type) =>
        new() { Kind = IncomingKind.Discarded, Type = type, EndsMessage = true };

    public static Incoming Ping(in ReadOnlySequence<byte> payload) => new() { Kind = IncomingKind.Ping, Payload = payload };

    public static Incoming Pong(in ReadOnlySequence<byte> payload) => new() { Kind = IncomingKind.Pong, Payload = payload };

    public static Incoming Closing(ClosePayload close) => new() { Kind = IncomingKind.Close, Close = close };

    public static Incoming Failed(ProtocolFault fault) => new() { Kind = IncomingKind.Fault, Fault = fault };

    // The transport's buffer is kept for the bytes that lie in it. For none it is not, so that an empty payload must not point into it.
    private static ReadOnlySequence<byte> Kept(in ReadOnlySequence<byte> payload) =>
        payload.IsEmpty ? ReadOnlySequence<byte>.Empty : payload;
}
