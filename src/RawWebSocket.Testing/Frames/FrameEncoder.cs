using System.Buffers.Binary;
using System.Security.Cryptography;

namespace RawWebSocket.Testing.Frames;

/// <summary>RFC 6455 section 5.2, from a frame to its bytes. Says nothing about whether the frame is legal.</summary>
internal static class FrameEncoder
{
    private const int LongestHeader = 14;

    public static byte[] Encode(TestFrame frame)
    {
        Span<byte> header = stackalloc byte[LongestHeader];
        header[0] = FirstByte(frame);
        var length = 1 + WriteLength(header[1..], frame);
        Span<byte> key = stackalloc byte[4];
        if (frame.Masked)
        {
            WriteMaskingKey(key, frame.MaskingKey);
            header[1] |= 0x80;
            key.CopyTo(header[length..]);
            length += 4;
        }

        var bytes = new byte[length + frame.Payload.Length];
        header[..length].CopyTo(bytes);
        var payload = bytes.AsSpan(length);
        frame.Payload.Span.CopyTo(payload);
        if (frame.Masked)
        {
            Mask(payload, key);
        }

        return bytes;
    }

    private static byte FirstByte(TestFrame frame) => (byte)(
        (frame.Fin ? 0x80 : 0) | (frame.Rsv1 ? 0x40 : 0) | (frame.Rsv2 ? 0x20 : 0) | (frame.Rsv3 ? 0x10 : 0) | ((int)frame.Opcode & 0x0F));

    private static int WriteLength(Span<byte> header, TestFrame frame)
    {
        var length = frame.DeclaredLength ?? (ulong)frame.Payload.Length;
        var shortest = FrameLength.Shortest(length);
        var encoding = frame.LengthEncoding == FrameLengthEncoding.Minimal ? shortest : frame.LengthEncoding;
        if (encoding < shortest)
        {
            throw new InvalidOperationException($"A length of {length} cannot be written in {encoding}.");
        }

        switch (encoding)
        {
            case FrameLengthEncoding.SevenBits:
                header[0] = (byte)length;
                return 1;
            case FrameLengthEncoding.SixteenBits:
                header[0] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(header[1..], (ushort)length);
                return 3;
            default:
                header[0] = 127;
                BinaryPrimitives.WriteUInt64BigEndian(header[1..], length);
                return 9;
        }
    }

    private static void WriteMaskingKey(Span<byte> key, uint? chosen)
    {
        if (chosen is { } value)
        {
            BinaryPrimitives.WriteUInt32BigEndian(key, value);
        }
        else
        {
            RandomNumberGenerator.Fill(key);
        }
    }

    private static void Mask(Span<byte> payload, ReadOnlySpan<byte> key)
    {
        for (var i = 0; i < payload.Length; i++)
        {
            payload[i] ^= key[i & 3];
        }
    }
}
