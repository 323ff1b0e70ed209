using System.Net.WebSockets;

namespace RawWebSocket.Protocol;

/// <summary>
/// Why a connection must be failed (RFC 6455 section 7.1.7): the close code and the words that go with it. The one place that maps
/// what a peer did wrong to a code of section 7.4.1.
/// </summary>
internal sealed record ProtocolFault(WebSocketCloseStatus Code, string Reason, WebSocketLimit? Limit = null)
{
    public static readonly ProtocolFault ReservedBits = Error("A reserved bit is set that means nothing here.");
    public static readonly ProtocolFault ReservedOpcode = Error("The opcode is reserved.");
    public static readonly ProtocolFault NotMasked = Error("A client must mask its frames.");
    public static readonly ProtocolFault ControlFragmented = Error("A control frame must not be fragmented.");
    public static readonly ProtocolFault ControlTooLong = Error("A control frame must carry at most 125 bytes.");
    public static readonly ProtocolFault LengthNotMinimal = Error("The payload length is not in its shortest form.");
    public static readonly ProtocolFault LengthTopBit = Error("The payload length has its top bit set.");
    public static readonly ProtocolFault UnexpectedContinuation = Error("A continuation came outside a message.");
    public static readonly ProtocolFault MessageInterrupted = Error("A new message began inside a fragmented one.");
    public static readonly ProtocolFault ClosePayloadTooShort = Error("A close frame must not carry one byte.");
    public static readonly ProtocolFault CloseCodeReserved = Error("The close code must not be sent.");
    public static readonly ProtocolFault CloseReasonNotUtf8 = Invalid("The close reason is not UTF-8.");
    public static readonly ProtocolFault TextNotUtf8 = Invalid("The text is not UTF-8.");
    public static readonly ProtocolFault NotDeflated = Invalid("The compressed message cannot be inflated.");
    public static readonly ProtocolFault MessageTooBig = new(
        WebSocketCloseStatus.MessageTooBig, "The message is too big.", WebSocketLimit.MessageSize);

    public static readonly ProtocolFault RatioTooHigh = new(
        WebSocketCloseStatus.MessageTooBig, "The compressed message grew too much.", WebSocketLimit.CompressionRatio);

    public static readonly ProtocolFault TooManyFragments = Excess("The message has too many fragments.", WebSocketLimit.Fragments);
    public static readonly ProtocolFault MessageTooSlow = Excess("A message was not finished in time.", WebSocketLimit.MessageTime);
    public static readonly ProtocolFault TooManyControlFrames = Excess(
        "Too many pings and pongs came within a second.", WebSocketLimit.ControlFrameRate);

    public static readonly ProtocolFault TooManyMessages = Excess("Messages came faster than allowed.", WebSocketLimit.MessageRate);
    public static readonly ProtocolFault TooManyBytes = Excess("Bytes came faster than allowed.", WebSocketLimit.ByteRate);

    /// <summary>A rate limiter of the application's own threw: what the peer may send cannot be known any more.</summary>
    public static readonly ProtocolFault LimiterFailed = new(WebSocketCloseStatus.InternalServerError, "The application failed.");

    private static ProtocolFault Error(string reason) => new(WebSocketCloseStatus.ProtocolError, reason);

    private static ProtocolFault Excess(string reason, WebSocketLimit limit) => new(WebSocketCloseStatus.PolicyViolation, reason, limit);

    private static ProtocolFault Invalid(string reason) => new(WebSocketCloseStatus.InvalidPayloadData, reason);
}
