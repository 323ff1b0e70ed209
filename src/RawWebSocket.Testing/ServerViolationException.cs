namespace RawWebSocket.Testing;

/// <summary>The server did what RFC 6455 forbids, in the opening handshake or in a frame. The message names the section.</summary>
public sealed class ServerViolationException : TestWebSocketException
{
    internal ServerViolationException(string message)
        : base(message)
    {
    }
}
