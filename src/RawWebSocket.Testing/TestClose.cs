using System.Net.WebSockets;
using RawWebSocket.Testing.Frames;

namespace RawWebSocket.Testing;

/// <summary>What a close frame said (RFC 6455 section 5.5.1).</summary>
/// <param name="Code">The code; 1005 (<see cref="WebSocketCloseStatus.Empty"/>) when the frame carried none.</param>
/// <param name="Reason">The reason; empty when the frame carried none.</param>
public sealed record TestClose(WebSocketCloseStatus Code, string Reason)
{
    /// <summary>The close in words.</summary>
    public override string ToString() => InWords(Code, Reason);

    internal static string InWords(WebSocketCloseStatus code, string? reason) =>
        (code == WebSocketCloseStatus.Empty ? "close without a code" : $"close {(int)code} ({FrameText.NameOf(code)})")
        + (string.IsNullOrEmpty(reason) ? "" : $" \"{reason}\"");
}
