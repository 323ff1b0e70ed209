namespace RawWebSocket.Compression;

/// <summary>What a server wants of permessage-deflate, whatever it is offered (RFC 7692 section 7.1).</summary>
/// <param name="ServerNoContextTakeover">Whether the server compresses every message by itself.</param>
/// <param name="ClientNoContextTakeover">Whether clients must.</param>
/// <param name="ServerMaxWindowBits">The largest window the server compresses with: 9 to 15 bits.</param>
/// <param name="ClientMaxWindowBits">
/// The largest window a client may compress with: 8 to 15 bits. Only a client that says so can be limited; another one has 15.
/// </param>
internal sealed record DeflateTerms(
    bool ServerNoContextTakeover = false,
    bool ClientNoContextTakeover = false,
    int ServerMaxWindowBits = DeflateSettings.MaxWindowBits,
    int ClientMaxWindowBits = DeflateSettings.MaxWindowBits)
{
    /// <summary>What an endpoint's options want.</summary>
    /// <remarks>
    /// Adaptive compression may give this side a context later, so that it keeps the right to one; of clients, which would have it at once
    /// and for good, it wants none.
    /// </remarks>
    public static DeflateTerms Of(RawWebSocketCompressionOptions options) => new(
        ServerNoContextTakeover: options.Mode == WebSocketCompressionMode.Shared,
        ClientNoContextTakeover: options.Mode != WebSocketCompressionMode.Dedicated,
        options.ServerMaxWindowBits,
        options.ClientMaxWindowBits);
}
