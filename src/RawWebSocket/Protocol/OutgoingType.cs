using System.Net.WebSockets;

namespace RawWebSocket.Protocol;

/// <summary>What an application says a message is.</summary>
internal static class OutgoingType
{
    /// <exception cref="ArgumentOutOfRangeException">It is neither text nor binary.</exception>
    public static Opcode OpcodeOf(WebSocketMessageType type) => type switch
    {
        WebSocketMessageType.Text => Opcode.Text,
        WebSocketMessageType.Binary => Opcode.Binary,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "A message is text or binary."),
    };
}
