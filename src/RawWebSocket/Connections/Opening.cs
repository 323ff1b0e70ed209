using Microsoft.AspNetCore.Http;

namespace RawWebSocket.Connections;

/// <summary>What a connection keeps of its opening handshake.</summary>
internal sealed class Opening(HttpContext context, RawWebSocketOptions options, string? subprotocol)
{
    public WebSocketRequest Request { get; } = new(context);

    public string? Subprotocol { get; } = subprotocol;

    /// <summary>Whose connection it is, for broadcasts to a user; null for nobody's.</summary>
    public string? UserId { get; } = options.UserIdentifier(context.User);
}
