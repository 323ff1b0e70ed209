namespace RawWebSocket.Testing.Handshakes;

/// <summary>A way to the server.</summary>
internal interface IConnector
{
    /// <summary>Sends the opening request and waits for the answer.</summary>
    Task<HandshakeAnswer> OpenAsync(Uri uri, TestWebSocketOptions options, CancellationToken cancellationToken);
}
