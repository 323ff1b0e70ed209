using RawWebSocket;

namespace SampleWeb;

/// <summary>Sends every message back as it came: text as text, binary as binary.</summary>
/// <remarks>It keeps no state, so one instance serves all connections.</remarks>
internal sealed class EchoHandler : IWebSocketHandler
{
    public async ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message) =>
        await connection.SendAsync(message);
}
