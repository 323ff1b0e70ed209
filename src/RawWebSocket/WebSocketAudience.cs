using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Groups;
using RawWebSocket.Protocol;

namespace RawWebSocket;

/// <summary>
/// Some connections, to send one message to: encoded once, queued for each, never waiting for any of them.
/// </summary>
/// <remarks>
/// <para>
/// Made by <see cref="WebSocketGroups"/>; who is in it is decided anew at each use. Thread-safe. Each method returns for how many
/// connections the message was queued. Every connection gets messages in the order they were sent to it. What happens to one that falls
/// behind by more than <see cref="RawWebSocketOptions.MaxQueuedBytes"/> is for its <see cref="RawWebSocketOptions.SlowReaderPolicy"/> to
/// say; who would rather go at the pace of the slowest waits for <see cref="DrainedAsync"/>.
/// </para>
/// <para>
/// With a key, a message that still waits for a member is replaced by a newer one of the same key; see
/// <see cref="WebSocketConnection.PostText(string, string?)"/>.
/// </para>
/// </remarks>
public sealed class WebSocketAudience : IEnumerable<WebSocketConnection>
{
    private readonly GroupDirectory _directory;
    private readonly Audience _audience;
    private readonly string _name;
    private readonly WebSocketConnection[] _except;

    internal WebSocketAudience(GroupDirectory directory, Audience audience, string name, WebSocketConnection[] except)
    {
        _directory = directory;
        _audience = audience;
        _name = name;
        _except = except;
    }

    /// <summary>The same connections but some.</summary>
    /// <param name="connections">Who is left out.</param>
    public WebSocketAudience Except(params IEnumerable<WebSocketConnection> connections) =>
        new(_directory, _audience, _name, [.. _except, .. connections]);

    /// <summary>Sends a text message to each.</summary>
    /// <param name="text">The text.</param>
    /// <param name="key">A message of the same key that still waits is replaced.</param>
    /// <exception cref="ArgumentException">The text holds half a surrogate pair, which UTF-8 cannot carry.</exception>
    public int SendText(string text, string? key = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Post(Broadcast.Text(text), key);
    }

    /// <summary>Sends a text message that is UTF-8 already to each.</summary>
    /// <param name="utf8">The text's UTF-8; copied before this returns.</param>
    /// <param name="key">A message of the same key that still waits is replaced.</param>
    /// <exception cref="ArgumentException">The bytes are not UTF-8.</exception>
    public int SendText(ReadOnlySpan<byte> utf8, string? key = null) => Post(Broadcast.Text(utf8), key);

    /// <summary>Sends a binary message to each.</summary>
    /// <param name="data">The payload; copied before this returns.</param>
    /// <param name="key">A message of the same key that still waits is replaced.</param>
    public int SendBinary(ReadOnlySpan<byte> data, string? key = null) => Post(Broadcast.Binary(data), key);

    /// <summary>Sends a message to each, compressed or not.</summary>
    /// <param name="type">Text or binary.</param>
    /// <param name="payload">The payload, UTF-8 if it is text; copied before this returns.</param>
    /// <param name="compression">Whether it is compressed for those that agreed to that.</param>
    /// <param name="key">A message of the same key that still waits is replaced.</param>
    /// <exception cref="ArgumentException">The message is text and not UTF-8.</exception>
    public int Send(WebSocketMessageType type, ReadOnlySpan<byte> payload, MessageCompression compression, string? key = null) =>
        Post(
            OutgoingType.OpcodeOf(type) == Opcode.Text ? Broadcast.Text(payload, compression) : Broadcast.Binary(payload, compression),
            key);

    /// <summary>Sends a received message on to each, with its type.</summary>
    /// <param name="message">The message; its payload is copied before this returns.</param>
    /// <param name="key">A message of the same key that still waits is replaced.</param>
    public int Send(WebSocketMessage message, string? key = null) => Post(Broadcast.Of(message), key);

    /// <summary>Sends a value to each as a text message of JSON, with generated metadata: clean for trimming and native AOT.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="typeInfo">The metadata of <typeparamref name="T"/>, from a <c>JsonSerializerContext</c>.</param>
    /// <param name="key">A message of the same key that still waits is replaced.</param>
    public int SendJson<T>(T value, JsonTypeInfo<T> typeInfo, string? key = null) =>
        SendText(JsonSerializer.SerializeToUtf8Bytes(value, typeInfo), key);

    /// <summary>Sends a value to each as a text message of JSON, by reflection.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="options">How to write it; by default as the web does (<see cref="JsonSerializerOptions.Web"/>).</param>
    /// <param name="key">A message of the same key that still waits is replaced.</param>
    [RequiresUnreferencedCode(JsonMessages.Trimming)]
    [RequiresDynamicCode(JsonMessages.Trimming)]
    public int SendJson<T>(T value, JsonSerializerOptions? options = null, string? key = null) =>
        SendText(JsonSerializer.SerializeToUtf8Bytes(value, options ?? JsonSerializerOptions.Web), key);

    /// <summary>
    /// Waits until each of the connections has drained (<see cref="WebSocketConnection.DrainedAsync"/>) or is closed or closing. One that
    /// does not read holds this up until it is aborted: <see cref="RawWebSocketOptions.SendTimeout"/>.
    /// </summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OperationCanceledException">Stopped waiting.</exception>
    public async ValueTask DrainedAsync(CancellationToken cancellationToken = default)
    {
        foreach (var connection in this)
        {
            await connection.DrainedAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The connections, as they are now.</summary>
    public IEnumerator<WebSocketConnection> GetEnumerator()
    {
        foreach (var connection in _directory.MembersOf(_audience, _name))
        {
            if (!_except.Contains(connection))
            {
                yield return connection;
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int Post(Broadcast broadcast, string? key)
    {
        var count = 0;
        foreach (var connection in _directory.MembersOf(_audience, _name))
        {
            if (!_except.Contains(connection) && connection.Post(broadcast, key) == PostResult.Queued)
            {
                count++;
            }
        }

        return count;
    }
}
