using RawWebSocket.Protocol;
using RawWebSocket.Tests.Protocol;

namespace RawWebSocket.Fuzz.Models;

/// <summary>What a close frame may carry (RFC 6455 sections 5.5.1 and 7.4).</summary>
internal static class CloseModel
{
    private static readonly StrictUtf8 Utf8 = new();

    // Sections 7.4.1 and 7.4.2, and 1012 to 1014 as IANA has registered them.
    private static readonly int[] CodesBelow3000 = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];

    public static ProtocolFault? FaultOf(ReadOnlySpan<byte> payload) =>
        payload.IsEmpty ? null
        : payload.Length == 1 ? ProtocolFault.ClosePayloadTooShort
        : !MayBeSent((payload[0] * 256) + payload[1]) ? ProtocolFault.CloseCodeReserved
        : !Utf8.IsValid(payload[2..]) ? ProtocolFault.CloseReasonNotUtf8
        : null;

    public static bool MayBeSent(int code) => CodesBelow3000.Contains(code) || code / 1000 is 3 or 4;
}
