using System.Net.WebSockets;

namespace RawWebSocket.Testing;

/// <summary>What a close frame said (RFC 6455 section 5.5.1).</summary>
/// <param name="Code">The code; 1005 (<see cref="WebSocketCloseStatus.Empty"/>) when the frame carried none.</param>
/// <param name="Reason">The reason; empty when the frame carried none.</param>
public sealed record TestClose(WebSocketCloseStatus Code, string Reason)
{
    /// <summary>The close in words.</summary>
    public override string ToString() =>
        Code == WebSocketCloseStatus.Empty ? "close without a code" : $"close {(int)Code} ({Frames.FrameText.NameOf(Code)}) \"{Reason}\"";
}
