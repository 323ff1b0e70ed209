using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RawWebSocket;

/// <summary>One open WebSocket connection, seen from the server.</summary>
/// <remarks>
/// <para>
/// <b>Sending</b> is safe from any thread, any number at a time. Messages leave in the order of the calls; a control frame may pass
/// between the fragments of a long message (RFC 6455 section 5.4). A send's memory must not change until it has completed. Sending on
/// a connection that has closed returns <see cref="SendResult.Closed"/>; it does not throw.
/// </para>
/// <para>
/// <b>A peer that reads slowly</b> holds back those who await their sends. Who must not be held back posts instead, and says with
/// <see cref="RawWebSocketOptions.SlowReaderPolicy"/> what becomes of the posts that such a peer cannot take; control frames pass them
/// and are never dropped for them.
/// </para>
/// <para>
/// <b>Receiving</b> is for one reader at a time and for endpoints mapped with a delegate; a handler is given its messages. What a
/// delegate does not receive holds up what comes behind it, the peer's close frame too, once it is a message in fragments or
/// <see cref="RawWebSocketOptions.ReceiveAheadBytes"/> in all: a delegate that only sends calls <see cref="DiscardMessages"/>.
/// </para>
/// <para>
/// <b>Cancelling</b> a send or receive never harms the connection: a send that has not begun leaves nothing behind, one that has
/// begun is finished. To drop a connection, call <see cref="Abort"/>.
/// </para>
/// </remarks>
public abstract partial class WebSocketConnection
{
    /// <summary>Unique among this process's connections; not secret and not guessable-proof.</summary>
    public abstract string Id { get; }

    /// <summary>The request that opened the connection.</summary>
    public abstract WebSocketRequest Request { get; }

    /// <summary>The subprotocol agreed in the opening handshake (RFC 6455 section 4.2.2), or null.</summary>
    public abstract string? Subprotocol { get; }

    /// <summary>
    /// The extension agreed in the opening handshake with its parameters (RFC 6455 section 9.1), as
    /// <c>permessage-deflate; server_no_context_takeover</c>; null for none.
    /// </summary>
    public abstract string? Extensions { get; }

    /// <summary>The application's own values for this connection; made at the first use. Not thread-safe.</summary>
    public abstract IDictionary<object, object?> Items { get; }

    /// <summary>Services of this connection's own scope, which is made at the first use and disposed after the closed event.</summary>
    /// <exception cref="ObjectDisposedException">The connection has ended, and its services with it.</exception>
    public abstract IServiceProvider Services { get; }

    /// <summary>
    /// Cancelled as soon as it is known that the connection ends: the peer's close frame or the loss of the transport was seen, or
    /// this side's closing handshake is over. Pass it to work that only makes sense while the peer is there.
    /// </summary>
    public abstract CancellationToken Closed { get; }

    /// <summary>
    /// Cancelled when the host begins to stop: a little later the connection is closed with
    /// <see cref="RawWebSocketServerOptions.ShutdownCloseStatus"/>. What is sent until then leaves before the close frame.
    /// </summary>
    public abstract CancellationToken Stopping { get; }

    /// <summary>Completes with how the connection ended, once it has. Never faults.</summary>
    public abstract Task<WebSocketClosure> Completion { get; }

    /// <summary>Sends a text message.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellationToken">Gives the send up while it still waits its turn.</param>
    /// <exception cref="ArgumentException">The text holds half a surrogate pair, which UTF-8 cannot carry.</exception>
    /// <exception cref="OperationCanceledException">Given up; nothing of the message was sent.</exception>
    public abstract ValueTask<SendResult> SendTextAsync(string text, CancellationToken cancellationToken = default);

    /// <summary>Sends a text message that is UTF-8 already.</summary>
    /// <param name="utf8">The text's UTF-8; it must not change until the send has completed.</param>
    /// <param name="cancellationToken">Gives the send up while it still waits its turn.</param>
    /// <exception cref="ArgumentException">The bytes are not UTF-8; the peer would have to fail the connection.</exception>
    /// <exception cref="OperationCanceledException">Given up; nothing of the message was sent.</exception>
    public abstract ValueTask<SendResult> SendTextAsync(ReadOnlyMemory<byte> utf8, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="SendTextAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public abstract ValueTask<SendResult> SendTextAsync(ReadOnlySequence<byte> utf8, CancellationToken cancellationToken = default);

    /// <summary>Sends a binary message.</summary>
    /// <param name="data">The payload; it must not change until the send has completed.</param>
    /// <param name="cancellationToken">Gives the send up while it still waits its turn.</param>
    /// <exception cref="OperationCanceledException">Given up; nothing of the message was sent.</exception>
    public abstract ValueTask<SendResult> SendBinaryAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="SendBinaryAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public abstract ValueTask<SendResult> SendBinaryAsync(ReadOnlySequence<byte> data, CancellationToken cancellationToken = default);

    /// <summary>Sends a received message on, with its type; the message must stay valid until the send has completed.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Gives the send up while it still waits its turn.</param>
    /// <exception cref="OperationCanceledException">Given up; nothing of the message was sent.</exception>
    public ValueTask<SendResult> SendAsync(WebSocketMessage message, CancellationToken cancellationToken = default) =>
        message.Type != WebSocketMessageType.Text ? SendBinaryAsync(message.Payload, cancellationToken)
        : message.IsKnownToBeUtf8 ? SendUtf8Async(message.Payload, cancellationToken)
        : SendTextAsync(message.Payload, cancellationToken);

    // Text that was received has been validated, and need not be again.
    private protected virtual ValueTask<SendResult> SendUtf8Async(ReadOnlySequence<byte> utf8, CancellationToken cancellationToken) =>
        SendTextAsync(utf8, cancellationToken);

    /// <summary>
    /// Sends one long message from a stream, in fragments of <see cref="RawWebSocketOptions.SendFragmentSize"/>
    /// (RFC 6455 section 5.4). Other messages wait until it is finished; control frames pass.
    /// </summary>
    /// <param name="type">Text or binary.</param>
    /// <param name="content">Read to its end; not disposed.</param>
    /// <param name="cancellationToken">
    /// Gives the message up. Once its first fragment has left, the protocol has no way to take it back: the message is ended where
    /// it stands, and the peer sees it shorter.
    /// </param>
    /// <remarks>
    /// An exception of <paramref name="content"/> closes the connection
    /// with 1011, because the message cannot be finished, and is thrown on.
    /// </remarks>
    /// <exception cref="InvalidDataException">
    /// <paramref name="type"/> is text and the stream is not UTF-8; the connection closes with 1011.
    /// </exception>
    /// <exception cref="OperationCanceledException">Given up.</exception>
    public ValueTask<SendResult> SendAsync(WebSocketMessageType type, Stream content, CancellationToken cancellationToken = default) =>
        SendAsync(type, content, MessageCompression.AsAgreed, cancellationToken);

    /// <param name="type">Text or binary.</param>
    /// <param name="content">Read to its end; not disposed.</param>
    /// <param name="compression">Whether it is compressed, where that was agreed.</param>
    /// <param name="cancellationToken">As for the overload without compression.</param>
    /// <inheritdoc cref="SendAsync(WebSocketMessageType, Stream, CancellationToken)"/>
    public abstract ValueTask<SendResult> SendAsync(
        WebSocketMessageType type, Stream content, MessageCompression compression, CancellationToken cancellationToken = default);

    /// <summary>Sends one long message from pieces as they are made, each piece a fragment or several.</summary>
    /// <param name="type">Text or binary.</param>
    /// <param name="content">The pieces; each must not change until the next is asked for.</param>
    /// <param name="cancellationToken">As for the overload that takes a stream.</param>
    /// <inheritdoc cref="SendAsync(WebSocketMessageType, Stream, CancellationToken)"/>
    public ValueTask<SendResult> SendAsync(
        WebSocketMessageType type, IAsyncEnumerable<ReadOnlyMemory<byte>> content, CancellationToken cancellationToken = default) =>
        SendAsync(type, content, MessageCompression.AsAgreed, cancellationToken);

    /// <param name="type">Text or binary.</param>
    /// <param name="content">The pieces; each must not change until the next is asked for.</param>
    /// <param name="compression">Whether it is compressed, where that was agreed.</param>
    /// <param name="cancellationToken">As for the overload that takes a stream.</param>
    /// <inheritdoc cref="SendAsync(WebSocketMessageType, Stream, CancellationToken)"/>
    public abstract ValueTask<SendResult> SendAsync(
        WebSocketMessageType type,
        IAsyncEnumerable<ReadOnlyMemory<byte>> content,
        MessageCompression compression,
        CancellationToken cancellationToken = default);

    /// <summary>Sends a message, compressed or not.</summary>
    /// <param name="type">Text or binary.</param>
    /// <param name="payload">The payload, UTF-8 if it is text.</param>
    /// <param name="compression">Whether it is compressed, where that was agreed.</param>
    /// <param name="cancellationToken">Gives the send up while it still waits its turn.</param>
    /// <exception cref="ArgumentException">The message is text and not UTF-8, or neither text nor binary.</exception>
    /// <exception cref="OperationCanceledException">Given up; nothing of the message was sent.</exception>
    public abstract ValueTask<SendResult> SendAsync(
        WebSocketMessageType type,
        ReadOnlyMemory<byte> payload,
        MessageCompression compression,
        CancellationToken cancellationToken = default);

    /// <summary>Sends a value as a text message of JSON, with generated metadata: clean for trimming and native AOT.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="typeInfo">The metadata of <typeparamref name="T"/>, from a <c>JsonSerializerContext</c>.</param>
    /// <param name="cancellationToken">Gives the send up while it still waits its turn.</param>
    /// <exception cref="OperationCanceledException">Given up; nothing of the message was sent.</exception>
    public ValueTask<SendResult> SendJsonAsync<T>(T value, JsonTypeInfo<T> typeInfo, CancellationToken cancellationToken = default) =>
        SendTextAsync(JsonSerializer.SerializeToUtf8Bytes(value, typeInfo), cancellationToken);

    /// <summary>Sends a value as a text message of JSON, by reflection.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="options">How to write it; by default as the web does (<see cref="JsonSerializerOptions.Web"/>).</param>
    /// <param name="cancellationToken">Gives the send up while it still waits its turn.</param>
    /// <exception cref="OperationCanceledException">Given up; nothing of the message was sent.</exception>
    [RequiresUnreferencedCode(JsonMessages.Trimming)]
    [RequiresDynamicCode(JsonMessages.Trimming)]
    public ValueTask<SendResult> SendJsonAsync<T>(
        T value, JsonSerializerOptions? options = null, CancellationToken cancellationToken = default) =>
        SendTextAsync(JsonSerializer.SerializeToUtf8Bytes(value, options ?? JsonSerializerOptions.Web), cancellationToken);

    /// <summary>
    /// Sends a ping and waits for its pong (RFC 6455 section 5.5.2): the round-trip time, or null when the connection closed or the
    /// pong did not come within <see cref="RawWebSocketOptions.KeepAliveTimeout"/>, which does not close the connection by itself.
    /// </summary>
    /// <param name="cancellationToken">Stops waiting; the connection is as it was.</param>
    /// <remarks>
    /// While the peer does not read, only the latest 16 pings wait; the pong of a later one answers the earlier ones too.
    /// </remarks>
    /// <exception cref="OperationCanceledException">Stopped waiting.</exception>
    public abstract ValueTask<TimeSpan?> PingAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Queues a pong without being asked, or the answer to a ping seen by <see cref="IWebSocketHandler.OnPing"/>. While the peer does
    /// not read, only the latest waits (RFC 6455 section 5.5.3).
    /// </summary>
    /// <param name="payload">At most 125 bytes.</param>
    /// <exception cref="ArgumentException">The payload is longer than 125 bytes (RFC 6455 section 5.5).</exception>
    public abstract void SendPong(ReadOnlySpan<byte> payload);

    /// <summary>
    /// Closes the connection (RFC 6455 section 7.1.2): what was sent before leaves first, then the close frame; then the peer's is
    /// awaited for at most <see cref="RawWebSocketOptions.CloseTimeout"/>. Messages that arrive afterwards are discarded.
    /// May be called by anyone, any number of times; the first call's code counts.
    /// </summary>
    /// <param name="code">1000 to 1003, 1007 to 1014 or 3000 to 4999; default 1000.</param>
    /// <param name="reason">At most 123 bytes of UTF-8; default none.</param>
    /// <param name="cancellationToken">Stops waiting. The closing goes on.</param>
    /// <returns>How the connection ended.</returns>
    /// <exception cref="ArgumentException">
    /// The code may not be sent (RFC 6455 section 7.4), or the reason is too long or holds half a surrogate pair.
    /// </exception>
    /// <exception cref="OperationCanceledException">Stopped waiting.</exception>
    public abstract Task<WebSocketClosure> CloseAsync(
        WebSocketCloseStatus code = WebSocketCloseStatus.NormalClosure,
        string? reason = null,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Drops the transport at once, without a closing handshake. Queued messages are lost, and so are received ones that the application has
    /// not been given yet. The peer sees 1006.
    /// </summary>
    public abstract void Abort();

    /// <summary>The names of the groups the connection is in; a snapshot, empty once closed.</summary>
    public abstract IReadOnlyCollection<string> Groups { get; }

    /// <summary>Joins a group. A connection that has closed joins nothing.</summary>
    /// <param name="group">The group's name; names compare exactly.</param>
    /// <returns>True when it is in now and was not before.</returns>
    public abstract bool JoinGroup(string group);

    /// <summary>Leaves a group.</summary>
    /// <param name="group">The group's name.</param>
    /// <returns>True when it was in.</returns>
    public abstract bool LeaveGroup(string group);
}
