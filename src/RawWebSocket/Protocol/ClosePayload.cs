using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using System.Text.Unicode;

namespace RawWebSocket.Protocol;

/// <summary>A close frame's payload (RFC 6455 section 5.5.1): nothing, or a code and a reason.</summary>
internal readonly record struct ClosePayload(WebSocketCloseStatus Code, string Reason)
{
    /// <summary>A control frame's 125 bytes less the code.</summary>
    public const int MaxReasonBytes = FrameHeader.MaxControlPayload - sizeof(ushort);

    /// <summary>Section 7.1.5: no code in the frame is reported as 1005.</summary>
    public static readonly ClosePayload Empty = new(WebSocketCloseStatus.Empty, "");

    public static ProtocolFault? Read(ReadOnlySpan<byte> payload, out ClosePayload close)
    {
        close = Empty;
        if (payload.IsEmpty)
        {
            return null;
        }

        // Section 5.5.1: "If there is a body, the first two bytes of the body MUST be a 2-byte unsigned integer".
        if (payload.Length == 1)
        {
            return ProtocolFault.ClosePayloadTooShort;
        }

        var code = (WebSocketCloseStatus)BinaryPrimitives.ReadUInt16BigEndian(payload);
        if (!MayBeSent(code))
        {
            return ProtocolFault.CloseCodeReserved;
        }

        // Section 5.5.1: the body "MAY contain UTF-8-encoded data"; section 8.1 fails what is not.
        var reason = payload[sizeof(ushort)..];
        if (!Utf8.IsValid(reason))
        {
            return ProtocolFault.CloseReasonNotUtf8;
        }

        close = new ClosePayload(code, Encoding.UTF8.GetString(reason));
        return null;
    }

    /// <summary>Writes the payload and returns its size; 1005 is written as nothing.</summary>
    public int Write(Span<byte> destination)
    {
        if (Code == WebSocketCloseStatus.Empty)
        {
            return 0;
        }

        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)Code);
        return sizeof(ushort) + Encoding.UTF8.GetBytes(Reason, destination[sizeof(ushort)..]);
    }

    /// <summary>
    /// Section 7.4: 1004 to 1006 and 1015 are never sent, 1016 to 2999 are for later versions; 1012 to 1014 are registered with IANA.
    /// </summary>
    public static bool MayBeSent(WebSocketCloseStatus code) =>
        (int)code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}
