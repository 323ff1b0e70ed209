using System.Buffers;
using System.Net.WebSockets;

namespace RawWebSocket.Testing.Frames;

/// <summary>Puts messages together from their fragments (RFC 6455 section 5.4). Not thread-safe.</summary>
internal sealed class MessageAssembler
{
    private readonly ArrayBufferWriter<byte> _payload = new();
    private TestFrame? _first;
    private int _fragments;

    /// <summary>Whether a message has begun and is not finished.</summary>
    public bool InMessage => _first is not null;

    /// <summary>Takes the next frame; the message when the frame finishes one, else null. Control frames change nothing.</summary>
    public TestMessage? Add(TestFrame frame)
    {
        if (frame.Opcode is not (FrameOpcode.Continuation or FrameOpcode.Text or FrameOpcode.Binary))
        {
            return null;
        }

        _first ??= frame;
        _fragments++;
        _payload.Write(frame.Payload.Span);
        return frame.Fin ? Finish(_first) : null;
    }

    private TestMessage Finish(TestFrame first)
    {
        var type = first.Opcode == FrameOpcode.Text ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
        var message = new TestMessage(type, _payload.WrittenSpan.ToArray(), _fragments);
        _first = null;
        _fragments = 0;
        _payload.ResetWrittenCount();

        // With RSV1 the payload is what an extension made of the text (RFC 7692 section 6).
        if (type == WebSocketMessageType.Text && !first.Rsv1)
        {
            FrameRules.CheckText(message);
        }

        return message;
    }
}
