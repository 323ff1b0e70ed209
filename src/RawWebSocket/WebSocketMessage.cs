using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using RawWebSocket.Protocol;

namespace RawWebSocket;

/// <summary>A whole message (RFC 6455 section 5.6): text that is known to be valid UTF-8, or binary.</summary>
/// <remarks>
/// The payload lies in pooled memory. It may be read until the handler's call has finished or, in a pull loop, until the next
/// message is asked for; whoever needs it longer takes <see cref="Text"/> or <see cref="ToArray"/>.
/// </remarks>
public readonly struct WebSocketMessage
{
    private readonly ReadOnlySequence<byte> _payload;

    /// <summary>Makes a message, for tests of handlers.</summary>
    /// <param name="type">Text or binary.</param>
    /// <param name="payload">The payload; UTF-8 when <paramref name="type"/> is text.</param>
    public WebSocketMessage(WebSocketMessageType type, ReadOnlySequence<byte> payload)
    {
        Type = type;
        _payload = payload;
    }

    /// <summary>A message that has been received, so that its text has been validated.</summary>
    internal WebSocketMessage(in Incoming incoming)
    {
        Type = incoming.Type;
        _payload = incoming.Payload;
        IsKnownToBeUtf8 = true;
    }

    internal bool IsKnownToBeUtf8 { get; }

    /// <summary>Text or binary.</summary>
    public WebSocketMessageType Type { get; }

    /// <summary>The payload's bytes, without a copy; for text, its UTF-8.</summary>
    public ReadOnlySequence<byte> Payload => _payload;

    /// <summary>The payload's length in bytes.</summary>
    public long Length => _payload.Length;

    /// <summary>The payload decoded as UTF-8, made anew at each call.</summary>
    public string Text => Encoding.UTF8.GetString(in _payload);

    /// <summary>A copy of the payload that may be kept.</summary>
    public byte[] ToArray() => _payload.ToArray();

    /// <summary>Reads the payload as JSON with generated metadata: clean for trimming and native AOT.</summary>
    /// <typeparam name="T">What the JSON describes.</typeparam>
    /// <param name="typeInfo">The metadata of <typeparamref name="T"/>, from a <c>JsonSerializerContext</c>.</param>
    /// <exception cref="JsonException">The payload is not JSON, or not of that shape.</exception>
    public T? ReadJson<T>(JsonTypeInfo<T> typeInfo) => JsonSerializer.Deserialize(OneSpan(), typeInfo);

    /// <summary>Reads the payload as JSON by reflection.</summary>
    /// <typeparam name="T">What the JSON describes.</typeparam>
    /// <param name="options">How to read it; by default as the web does (<see cref="JsonSerializerOptions.Web"/>).</param>
    /// <exception cref="JsonException">The payload is not JSON, or not of that shape.</exception>
    [RequiresUnreferencedCode(JsonMessages.Trimming)]
    [RequiresDynamicCode(JsonMessages.Trimming)]
    public T? ReadJson<T>(JsonSerializerOptions? options = null) =>
        JsonSerializer.Deserialize<T>(OneSpan(), options ?? JsonSerializerOptions.Web);

    // Not a reader over the sequence: that one would stop after the first value and let anything follow it.
    private ReadOnlySpan<byte> OneSpan() => _payload.IsSingleSegment ? _payload.FirstSpan : _payload.ToArray();
}
