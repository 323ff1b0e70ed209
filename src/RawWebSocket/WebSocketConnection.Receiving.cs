using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RawWebSocket;

/// <content>Receiving by a delegate, which asks for its messages.</content>
public abstract partial class WebSocketConnection
{
    /// <summary>Waits for the next whole message; null when the connection has closed.</summary>
    /// <param name="cancellationToken">Stops waiting. No message is lost: the next call gets it.</param>
    /// <exception cref="InvalidOperationException">
    /// Another receive is under way, <see cref="DiscardMessages"/> was called, or the endpoint has a handler, which is given its messages.
    /// </exception>
    /// <exception cref="OperationCanceledException">Stopped waiting; the connection is as it was.</exception>
    public abstract ValueTask<WebSocketMessage?> ReceiveAsync(CancellationToken cancellationToken = default);

    /// <summary>The messages as they come, to be used with <c>await foreach</c>; ends when the connection has closed.</summary>
    /// <param name="cancellationToken">Ends the loop with an <see cref="OperationCanceledException"/>; the connection is as it was.</param>
    public async IAsyncEnumerable<WebSocketMessage> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await ReceiveAsync(cancellationToken).ConfigureAwait(false) is { } message)
        {
            yield return message;
        }
    }

    /// <summary>
    /// Waits for the next message and gives it as a stream, as soon as it begins, so that it is never held whole. Null when the
    /// connection has closed. The stream must be read to its end or disposed before the next receive.
    /// </summary>
    /// <param name="maxLength">
    /// The longest message to let in, in bytes; a longer one fails the connection with 1009. Default: no limit, since nothing is held.
    /// </param>
    /// <param name="cancellationToken">Stops waiting. No message is lost: the next call gets it.</param>
    /// <exception cref="InvalidOperationException">
    /// Another receive is under way, <see cref="DiscardMessages"/> was called, or the endpoint has a handler, which is given its messages.
    /// </exception>
    /// <exception cref="OperationCanceledException">Stopped waiting; the connection is as it was.</exception>
    public abstract ValueTask<WebSocketMessageStream?> ReceiveStreamAsync(
        long maxLength = long.MaxValue, CancellationToken cancellationToken = default);

    /// <summary>
    /// From now on every message is read and thrown away, so that a delegate that only sends still sees its peer's pings, pongs and close,
    /// and holds nothing up. What waits is thrown away too, and what was received last is no longer valid. Cannot be undone.
    /// </summary>
    /// <remarks>
    /// A message that is thrown away may be of any length and need not be UTF-8, since nothing of it is kept or looked at. It
    /// still counts, and is still subject to <see cref="RawWebSocketOptions.MaxFragmentsPerMessage"/>,
    /// <see cref="RawWebSocketOptions.MessageTimeout"/> and the limits of messages and bytes a second. Receives throw from now on.
    /// </remarks>
    /// <exception cref="InvalidOperationException">
    /// A receive is under way, a streamed message is neither read to its end nor disposed, or the endpoint has a handler.
    /// </exception>
    public abstract void DiscardMessages();

    /// <summary>
    /// Waits for the next message and reads it as JSON, with generated metadata; the default of <typeparamref name="T"/> when closed.
    /// </summary>
    /// <typeparam name="T">What the JSON describes.</typeparam>
    /// <param name="typeInfo">The metadata of <typeparamref name="T"/>, from a <c>JsonSerializerContext</c>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="JsonException">The message is not JSON, or not of that shape; the connection is as it was.</exception>
    public async ValueTask<T?> ReceiveJsonAsync<T>(JsonTypeInfo<T> typeInfo, CancellationToken cancellationToken = default) =>
        await ReceiveAsync(cancellationToken).ConfigureAwait(false) is { } message ? message.ReadJson(typeInfo) : default;

    /// <summary>
    /// Waits for the next message and reads it as JSON, by reflection; the default of <typeparamref name="T"/> when closed.
    /// </summary>
    /// <typeparam name="T">What the JSON describes.</typeparam>
    /// <param name="options">How to read it; by default as the web does (<see cref="JsonSerializerOptions.Web"/>).</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="JsonException">The message is not JSON, or not of that shape; the connection is as it was.</exception>
    [RequiresUnreferencedCode(JsonMessages.Trimming)]
    [RequiresDynamicCode(JsonMessages.Trimming)]
    public async ValueTask<T?> ReceiveJsonAsync<T>(JsonSerializerOptions? options = null, CancellationToken cancellationToken = default) =>
        await ReceiveAsync(cancellationToken).ConfigureAwait(false) is { } message ? message.ReadJson<T>(options) : default;
}
