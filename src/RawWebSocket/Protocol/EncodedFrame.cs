using System.Buffers;
using System.Net.WebSockets;

namespace RawWebSocket.Protocol;

/// <summary>Frames made once for many connections: a server's frames are not masked, so they are the same for all.</summary>
internal static class EncodedFrame
{
    public static ReadOnlyMemory<byte> Text(string text)
    {
        var frame = new byte[FrameHeader.MaxWrittenSize + OutgoingText.MaxBytes(text)];
        var length = OutgoingText.Encode(text, frame.AsSpan(FrameHeader.MaxWrittenSize));
        return Finish(frame, Opcode.Text, length);
    }

    public static ReadOnlyMemory<byte> Text(ReadOnlySpan<byte> utf8)
    {
        OutgoingText.ThrowIfNotUtf8(utf8);
        return Of(Opcode.Text, utf8);
    }

    /// <summary>A message that was received, so that its text is known to be UTF-8.</summary>
    public static ReadOnlyMemory<byte> Of(WebSocketMessageType type, in ReadOnlySequence<byte> payload)
    {
        var length = checked((int)payload.Length);
        var frame = new byte[FrameHeader.MaxWrittenSize + length];
        payload.CopyTo(frame.AsSpan(FrameHeader.MaxWrittenSize));
        return Finish(frame, type == WebSocketMessageType.Text ? Opcode.Text : Opcode.Binary, length);
    }

    public static ReadOnlyMemory<byte> Binary(ReadOnlySpan<byte> data) => Of(Opcode.Binary, data);

    private static ReadOnlyMemory<byte> Of(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[FrameHeader.MaxWrittenSize + payload.Length];
        payload.CopyTo(frame.AsSpan(FrameHeader.MaxWrittenSize));
        return Finish(frame, opcode, payload.Length);
    }

    // The payload stands behind room for the longest header; the real one goes right before it.
    private static ReadOnlyMemory<byte> Finish(byte[] frame, Opcode opcode, int length)
    {
        Span<byte> header = stackalloc byte[FrameHeader.MaxWrittenSize];
        var size = FrameHeader.Write(header, opcode, isFinal: true, length);
        var start = FrameHeader.MaxWrittenSize - size;
        header[..size].CopyTo(frame.AsSpan(start));
        return frame.AsMemory(start, size + length);
    }
}
