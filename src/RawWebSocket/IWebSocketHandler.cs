namespace RawWebSocket;

/// <summary>
/// What an endpoint does with its connections. Only <see cref="OnMessageAsync"/> must be written; the rest have defaults.
/// </summary>
/// <remarks>
/// <para>
/// For one connection, opened, message, error and closed are called one after the other, never at once. Different connections
/// call at the same time, so a handler instance that is shared between them must be thread-safe.
/// </para>
/// <para>
/// A call runs on the thread that reads the connection, so it must wait with <c>await</c> and never block.
/// While it has not finished, control frames are still read and answered, and a few messages (see
/// <see cref="RawWebSocketOptions.ReceiveAheadBytes"/>) wait their turn; then the peer is held back by TCP.
/// </para>
/// </remarks>
public interface IWebSocketHandler
{
    /// <summary>The opening handshake is done and nothing has been read yet. Messages are delivered once this has finished.</summary>
    /// <param name="connection">The new connection; it may be kept and used until <see cref="OnClosedAsync"/>.</param>
    ValueTask OnOpenedAsync(WebSocketConnection connection) => ValueTask.CompletedTask;

    /// <summary>A whole text or binary message has arrived.</summary>
    /// <param name="connection">The connection it came on.</param>
    /// <param name="message">The message. Its payload lies in pooled memory and is gone once the returned task has completed.</param>
    ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message);

    /// <summary>
    /// The connection has ended, for whatever reason; called exactly once, last. An ordinary disconnect is described by
    /// <paramref name="closure"/> and raises no exception anywhere.
    /// </summary>
    /// <param name="connection">The connection; it can no longer send.</param>
    /// <param name="closure">The code, the reason and who closed.</param>
    ValueTask OnClosedAsync(WebSocketConnection connection, WebSocketClosure closure) => ValueTask.CompletedTask;

    /// <summary>
    /// A method of this handler threw before the connection closed. It has been logged, and the connection closes with 1011
    /// (RFC 6455 section 7.4.1) once this returns, unless this closes it with another code.
    /// </summary>
    /// <param name="connection">The connection whose call threw; it can still send.</param>
    /// <param name="exception">What was thrown.</param>
    ValueTask OnErrorAsync(WebSocketConnection connection, Exception exception) => ValueTask.CompletedTask;

    /// <summary>
    /// A ping has arrived (RFC 6455 section 5.5.2). The default answers it with a pong that carries the same bytes; an override
    /// sees the ping and answers by hand.
    /// </summary>
    /// <remarks>Called by the receive loop at once, even while another call has not finished. Must not block.</remarks>
    /// <param name="connection">The connection it came on.</param>
    /// <param name="payload">At most 125 bytes, valid until this returns.</param>
    void OnPing(WebSocketConnection connection, ReadOnlySpan<byte> payload) => connection.SendPong(payload);

    /// <summary>A pong has arrived (RFC 6455 section 5.5.3), asked for or not.</summary>
    /// <remarks>Called by the receive loop at once, even while another call has not finished. Must not block.</remarks>
    /// <param name="connection">The connection it came on.</param>
    /// <param name="payload">At most 125 bytes, valid until this returns.</param>
    void OnPong(WebSocketConnection connection, ReadOnlySpan<byte> payload)
    {
    }

    /// <summary>
    /// The host stops, and the connection is about to be closed with <see cref="RawWebSocketServerOptions.ShutdownCloseStatus"/>. What
    /// this sends or posts leaves before the close frame.
    /// </summary>
    /// <remarks>
    /// Called by a thread of its own, even while another call has not finished, and perhaps before <see cref="OnOpenedAsync"/>; those of
    /// different connections run side by side. Should not block: when the part of the host's time to stop is over that is meant for this,
    /// the connection is closed all the same, and the log names the endpoint. What it throws is logged and changes nothing.
    /// </remarks>
    /// <param name="connection">The connection; it can still send.</param>
    void OnStopping(WebSocketConnection connection)
    {
    }
}
