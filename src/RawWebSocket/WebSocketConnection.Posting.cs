using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RawWebSocket;

/// <content>Sending without waiting, and what waits for the peer to read.</content>
public abstract partial class WebSocketConnection
{
    /// <summary>
    /// How many bytes wait for the peer to read: frames of sends, posts and broadcasts, headers included, that the transport has not taken
    /// yet, or has not finished taking. What waits in the operating system or on the way is not known here.
    /// </summary>
    public abstract long BufferedBytes { get; }

    /// <summary>
    /// Waits until <see cref="BufferedBytes"/> is no more than <see cref="RawWebSocketOptions.LowQueuedBytes"/> and the transport takes
    /// more. The only sender of posts, if it waits for this before it goes on, never exceeds the marks; each of several may, together with the
    /// others.
    /// </summary>
    /// <param name="cancellationToken">Stops waiting; the connection is as it was.</param>
    /// <returns>True when there is room; false when the connection is closed or closing. Any number of callers may wait.</returns>
    /// <exception cref="OperationCanceledException">Stopped waiting.</exception>
    public abstract ValueTask<bool> DrainedAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Sends a text message without ever waiting. While the peer does not read, posts wait for it, up to
    /// <see cref="RawWebSocketOptions.MaxQueuedBytes"/>; beyond that <see cref="RawWebSocketOptions.SlowReaderPolicy"/> decides.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="key">
    /// What the message tells the value of, such as the name of a price. If a post or broadcast of the same key still waits, this message
    /// takes its place, and the older one is not sent. Keys compare exactly; default none.
    /// </param>
    /// <exception cref="ArgumentException">The text holds half a surrogate pair, which UTF-8 cannot carry.</exception>
    public abstract PostResult PostText(string text, string? key = null);

    /// <summary>Sends a text message that is UTF-8 already, without ever waiting; see <see cref="PostText(string, string?)"/>.</summary>
    /// <param name="utf8">The text's UTF-8; copied before this returns.</param>
    /// <param name="key">A waiting message of the same key is replaced.</param>
    /// <exception cref="ArgumentException">The bytes are not UTF-8; the peer would have to fail the connection.</exception>
    public abstract PostResult PostText(ReadOnlySpan<byte> utf8, string? key = null);

    /// <summary>Sends a binary message without ever waiting; see <see cref="PostText(string, string?)"/>.</summary>
    /// <param name="data">The payload; copied before this returns.</param>
    /// <param name="key">A waiting message of the same key is replaced.</param>
    public abstract PostResult PostBinary(ReadOnlySpan<byte> data, string? key = null);

    /// <summary>Sends a message without ever waiting, compressed or not; see <see cref="PostText(string, string?)"/>.</summary>
    /// <param name="type">Text or binary.</param>
    /// <param name="payload">The payload, UTF-8 if it is text; copied before this returns.</param>
    /// <param name="compression">Whether it is compressed, where that was agreed.</param>
    /// <param name="key">A waiting message of the same key is replaced.</param>
    /// <exception cref="ArgumentException">The message is text and not UTF-8, or neither text nor binary.</exception>
    public abstract PostResult Post(
        WebSocketMessageType type, ReadOnlySpan<byte> payload, MessageCompression compression, string? key = null);

    /// <summary>Sends a received message on, with its type, without ever waiting; see <see cref="PostText(string, string?)"/>.</summary>
    /// <param name="message">The message; its payload is copied before this returns.</param>
    /// <param name="key">A waiting message of the same key is replaced.</param>
    public PostResult Post(WebSocketMessage message, string? key = null)
    {
        var payload = message.Payload.IsSingleSegment ? message.Payload.FirstSpan : message.ToArray();
        return message.Type == WebSocketMessageType.Text ? PostText(payload, key) : PostBinary(payload, key);
    }

    /// <summary>
    /// Sends a value as a text message of JSON without ever waiting, with generated metadata: clean for trimming and native AOT. See
    /// <see cref="PostText(string, string?)"/>.
    /// </summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="typeInfo">The metadata of <typeparamref name="T"/>, from a <c>JsonSerializerContext</c>.</param>
    /// <param name="key">A waiting message of the same key is replaced.</param>
    public PostResult PostJson<T>(T value, JsonTypeInfo<T> typeInfo, string? key = null) =>
        PostText(JsonSerializer.SerializeToUtf8Bytes(value, typeInfo), key);

    /// <summary>
    /// Sends a value as a text message of JSON without ever waiting, by reflection; see <see cref="PostText(string, string?)"/>.
    /// </summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="options">How to write it; by default as the web does (<see cref="JsonSerializerOptions.Web"/>).</param>
    /// <param name="key">A waiting message of the same key is replaced.</param>
    [RequiresUnreferencedCode(JsonMessages.Trimming)]
    [RequiresDynamicCode(JsonMessages.Trimming)]
    public PostResult PostJson<T>(T value, JsonSerializerOptions? options = null, string? key = null) =>
        PostText(JsonSerializer.SerializeToUtf8Bytes(value, options ?? JsonSerializerOptions.Web), key);
}
