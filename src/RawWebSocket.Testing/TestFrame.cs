using System.Net.WebSockets;
using System.Text;
using RawWebSocket.Testing.Frames;

namespace RawWebSocket.Testing;

/// <summary>
/// One frame (RFC 6455 section 5.2), legal or not: one that came from the server, or one to be sent with all its bits by hand.
/// </summary>
/// <remarks>
/// Two frames are equal when FIN, the RSV bits, the opcode and the payload are; how they were coded (mask, length) does not count,
/// so that a frame from the server compares with one made here. Immutable; change a copy with <c>with</c>.
/// </remarks>
public sealed record TestFrame
{
    /// <summary>The FIN bit: the last fragment, or the only one; default true.</summary>
    public bool Fin { get; init; } = true;

    /// <summary>The RSV1 bit; default false.</summary>
    public bool Rsv1 { get; init; }

    /// <summary>The RSV2 bit; default false.</summary>
    public bool Rsv2 { get; init; }

    /// <summary>The RSV3 bit; default false.</summary>
    public bool Rsv3 { get; init; }

    /// <summary>The opcode; its lower four bits are sent.</summary>
    public FrameOpcode Opcode { get; init; }

    /// <summary>Whether the payload is masked, as a client's must be (section 5.3); default true. False on a server's frames.</summary>
    public bool Masked { get; init; } = true;

    /// <summary>The masking key, first byte highest; default null, which takes a random one for each frame that is sent.</summary>
    public uint? MaskingKey { get; init; }

    /// <summary>The payload, unmasked.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The length the header claims; default null, which is the payload's own. The payload is sent as it is.</summary>
    public ulong? DeclaredLength { get; init; }

    /// <summary>How the header writes the length; default the shortest.</summary>
    public FrameLengthEncoding LengthEncoding { get; init; }

    /// <summary>A text frame.</summary>
    /// <param name="text">The payload.</param>
    public static TestFrame Text(string text) => Text(Encoding.UTF8.GetBytes(text));

    /// <summary>A text frame of bytes that need not be UTF-8.</summary>
    /// <param name="utf8">The payload; copied.</param>
    public static TestFrame Text(ReadOnlySpan<byte> utf8) => Of(FrameOpcode.Text, utf8);

    /// <summary>A binary frame.</summary>
    /// <param name="data">The payload; copied.</param>
    public static TestFrame Binary(ReadOnlySpan<byte> data) => Of(FrameOpcode.Binary, data);

    /// <summary>A continuation frame, the last of its message.</summary>
    /// <param name="text">The payload.</param>
    public static TestFrame Continuation(string text) => Continuation(Encoding.UTF8.GetBytes(text));

    /// <summary>A continuation frame, the last of its message.</summary>
    /// <param name="data">The payload; copied.</param>
    public static TestFrame Continuation(ReadOnlySpan<byte> data) => Of(FrameOpcode.Continuation, data);

    /// <summary>A ping.</summary>
    /// <param name="data">The payload; copied. More than 125 bytes are not legal.</param>
    public static TestFrame Ping(ReadOnlySpan<byte> data = default) => Of(FrameOpcode.Ping, data);

    /// <summary>A pong.</summary>
    /// <param name="data">The payload; copied. More than 125 bytes are not legal.</param>
    public static TestFrame Pong(ReadOnlySpan<byte> data = default) => Of(FrameOpcode.Pong, data);

    /// <summary>A close frame without a code.</summary>
    public static TestFrame Close() => Of(FrameOpcode.Close, default);

    /// <summary>A close frame.</summary>
    /// <param name="code">The code, legal or not: its lower 16 bits are sent.</param>
    /// <param name="reason">The reason; default none.</param>
    public static TestFrame Close(int code, string reason = "") =>
        Of(FrameOpcode.Close, [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)]);

    /// <inheritdoc cref="Close(int, string)"/>
    public static TestFrame Close(WebSocketCloseStatus code, string reason = "") => Close((int)code, reason);

    /// <summary>The frame as it goes over the wire.</summary>
    /// <exception cref="InvalidOperationException">The length does not fit the <see cref="LengthEncoding"/>.</exception>
    public byte[] ToBytes() => FrameEncoder.Encode(this);

    /// <inheritdoc/>
    public bool Equals(TestFrame? other) =>
        other is not null
        && (Fin, Rsv1, Rsv2, Rsv3, Opcode) == (other.Fin, other.Rsv1, other.Rsv2, other.Rsv3, other.Opcode)
        && Payload.Span.SequenceEqual(other.Payload.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Fin, Opcode, Payload.Length);

    /// <summary>The frame in words: its opcode, what is unusual about it, its length and how its payload begins.</summary>
    public override string ToString() => FrameText.Describe(this);

    private static TestFrame Of(FrameOpcode opcode, ReadOnlySpan<byte> payload) => new() { Opcode = opcode, Payload = payload.ToArray() };
}
