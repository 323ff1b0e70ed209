using System.Net.WebSockets;
using System.Text;
using RawWebSocket.Testing.Frames;

namespace RawWebSocket.Testing;

/// <summary>A whole message from the server, put together from its fragments (RFC 6455 section 5.4).</summary>
/// <param name="Type">Text or binary.</param>
/// <param name="Payload">The payload; for text, its UTF-8.</param>
/// <param name="Fragments">How many frames it came in.</param>
public sealed record TestMessage(WebSocketMessageType Type, ReadOnlyMemory<byte> Payload, int Fragments)
{
    /// <summary>The payload decoded as UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Payload.Span);

    /// <summary>The message in words.</summary>
    public override string ToString() => Type == WebSocketMessageType.Text
        ? $"text message, {FrameText.Payload(Payload.Span, isText: true)}"
        : $"binary message, {FrameText.Payload(Payload.Span, isText: false)}";
}
