using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace RawWebSocket.Handshake;

/// <summary>The way to a WebSocket over HTTP/2 and HTTP/3: CONNECT with <c>:protocol = websocket</c> (RFC 8441 section 4).</summary>
internal static class ExtendedConnect
{
    private const string WebSocket = "websocket";

    public static bool IsWebSocket(HttpContext context) =>
        context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect
        && string.Equals(connect.Protocol, WebSocket, StringComparison.OrdinalIgnoreCase);
}
