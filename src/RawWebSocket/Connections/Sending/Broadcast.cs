using System.Buffers;
using RawWebSocket.Compression;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Sending;

/// <summary>One message for many connections: encoded once, and compressed once for all that agreed to the same parameters.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class Broadcast
{
    private const double WorstRatio = 0.9;

    private readonly EncodedFrame _plain;
    private readonly MessageCompression _compression;
    private readonly Lock _gate = new();
    private Dictionary<DeflateSettings, EncodedFrame>? _compressed;

    private Broadcast(EncodedFrame plain, MessageCompression compression)
    {
        _plain = plain;
        _compression = compression;
    }

    /// <summary>The frame's length as long as it is not compressed, in bytes.</summary>
    public int Size => _plain.Size;

    public static Broadcast Text(string text) => new(EncodedFrame.Text(text), MessageCompression.AsAgreed);

    public static Broadcast Text(ReadOnlySpan<byte> utf8, MessageCompression compression = MessageCompression.AsAgreed) =>
        new(EncodedFrame.Text(utf8), compression);

    public static Broadcast Binary(ReadOnlySpan<byte> data, MessageCompression compression = MessageCompression.AsAgreed) =>
        new(EncodedFrame.Binary(data), compression);

    /// <summary>A message that was received, so that its text is known to be UTF-8.</summary>
    public static Broadcast Of(WebSocketMessage message) =>
        new(EncodedFrame.Of(OutgoingType.OpcodeOf(message.Type), message.Payload), MessageCompression.AsAgreed);

    /// <summary>The frame as a connection gets it.</summary>
    /// <param name="outgoing">What the connection agreed to; null for no compression.</param>
    public EncodedFrame For(OutgoingCompression? outgoing)
    {
        if (outgoing is null || _compression == MessageCompression.None || _plain.Payload.Length < outgoing.MinimumSize)
        {
            return _plain;
        }

        lock (_gate)
        {
            _compressed ??= [];
            if (!_compressed.TryGetValue(outgoing.Settings, out var frame))
            {
                frame = Compress(outgoing);
                _compressed.Add(outgoing.Settings, frame);
            }

            return frame;
        }
    }

    // What would save next to nothing is left as it is: each reader would have to inflate it, and those with a context would lose that.
    private EncodedFrame Compress(OutgoingCompression outgoing)
    {
        try
        {
            using var compressed = outgoing.CompressAlone(new ReadOnlySequence<byte>(_plain.Payload), isFinal: true);
            return compressed.Length < WorstRatio * _plain.Payload.Length
                ? EncodedFrame.Compressed(_plain.Opcode, compressed.Span)
                : _plain;
        }
        catch (OutOfMemoryException)
        {
            // zlib has none; the message goes to everyone all the same.
            return _plain;
        }
    }
}
