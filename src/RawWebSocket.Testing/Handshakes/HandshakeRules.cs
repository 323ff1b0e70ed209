using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace RawWebSocket.Testing.Handshakes;

/// <summary>What a client has to check in the server's 101 (RFC 6455 section 4.1).</summary>
internal static class HandshakeRules
{
    private const string KeyGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    public static void Check(IHeaderDictionary request, IHeaderDictionary response)
    {
        Check(
            string.Equals(response.Upgrade, "websocket", StringComparison.OrdinalIgnoreCase),
            "Upgrade must be \"websocket\"", response.Upgrade);
        Check(
            Tokens(response.Connection).Contains("upgrade", StringComparer.OrdinalIgnoreCase),
            "Connection must have the token \"Upgrade\"", response.Connection);
        var accept = AcceptFor(request.SecWebSocketKey.ToString());
        Check(response.SecWebSocketAccept == accept, $"Sec-WebSocket-Accept must be \"{accept}\"", response.SecWebSocketAccept);
        var subprotocol = response.SecWebSocketProtocol;
        Check(
            subprotocol.Count == 0
            || (subprotocol.Count == 1 && Tokens(request.SecWebSocketProtocol).Contains(subprotocol[0], StringComparer.Ordinal)),
            $"Sec-WebSocket-Protocol must be one of those offered, \"{request.SecWebSocketProtocol}\"", subprotocol);

        var offered = Tokens(request.SecWebSocketExtensions).Select(ExtensionName);
        Check(
            Tokens(response.SecWebSocketExtensions).Select(ExtensionName).All(name => offered.Contains(name, StringComparer.Ordinal)),
            $"Sec-WebSocket-Extensions must be among those offered, \"{request.SecWebSocketExtensions}\"", response.SecWebSocketExtensions);
    }

    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 section 4.2.2 asks for SHA-1; it keeps no secret.")]
    private static string AcceptFor(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.UTF8.GetBytes(key.Trim() + KeyGuid)));

    private static IEnumerable<string> Tokens(StringValues values) =>
        values.SelectMany(value => value!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    private static string ExtensionName(string extension) => extension.Split(';')[0].TrimEnd();

    private static void Check(bool holds, string rule, StringValues actual)
    {
        if (!holds)
        {
            throw new ServerViolationException(
                $"The server broke RFC 6455 section 4.2.2: {rule}, but {(actual.Count == 0 ? "there is none" : $"it is \"{actual}\"")}.");
        }
    }
}
