using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace RawWebSocket.Testing.Frames;

/// <summary>RFC 6455 section 5.2, from the server's bytes to a frame.</summary>
internal static class FrameDecoder
{
    private const int MaskingKeyLength = 4;

    /// <summary>Takes a whole frame off the front of the buffer; false when more bytes are needed.</summary>
    /// <exception cref="ServerViolationException">The header alone shows that the frame is not legal.</exception>
    public static bool TryDecode(ReceiveBuffer buffer, FrameRules rules, [NotNullWhen(true)] out TestFrame? frame)
    {
        frame = null;
        var bytes = buffer.Unread.Span;
        if (bytes.Length < 2 || !TryReadLength(bytes[1..], out var length, out var encoding, out var lengthBytes))
        {
            return false;
        }

        var header = ReadHeader(bytes, length, encoding);
        rules.CheckHeader(header);
        var headerLength = 1 + lengthBytes + (header.Masked ? MaskingKeyLength : 0);
        if (length > (ulong)(bytes.Length - headerLength) || bytes.Length < headerLength)
        {
            return false;
        }

        frame = header with { Payload = bytes.Slice(headerLength, (int)length).ToArray(), DeclaredLength = null };
        buffer.Consume(headerLength + (int)length);
        return true;
    }

    private static TestFrame ReadHeader(ReadOnlySpan<byte> bytes, ulong length, FrameLengthEncoding encoding) => new()
    {
        Fin = (bytes[0] & 0x80) != 0,
        Rsv1 = (bytes[0] & 0x40) != 0,
        Rsv2 = (bytes[0] & 0x20) != 0,
        Rsv3 = (bytes[0] & 0x10) != 0,
        Opcode = (FrameOpcode)(bytes[0] & 0x0F),
        Masked = (bytes[1] & 0x80) != 0,
        DeclaredLength = length,
        LengthEncoding = encoding,
    };

    private static bool TryReadLength(ReadOnlySpan<byte> bytes, out ulong length, out FrameLengthEncoding encoding, out int lengthBytes)
    {
        length = (uint)bytes[0] & 0x7F;
        (encoding, lengthBytes) = length switch
        {
            126 => (FrameLengthEncoding.SixteenBits, 3),
            127 => (FrameLengthEncoding.SixtyFourBits, 9),
            _ => (FrameLengthEncoding.SevenBits, 1),
        };
        if (bytes.Length < lengthBytes)
        {
            return false;
        }

        length = encoding switch
        {
            FrameLengthEncoding.SixteenBits => BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]),
            FrameLengthEncoding.SixtyFourBits => BinaryPrimitives.ReadUInt64BigEndian(bytes[1..]),
            _ => length,
        };
        return true;
    }
}
