using System.Buffers.Binary;

namespace RawWebSocket.Tests.Wire;

/// <summary>Frames as a client sends them (RFC 6455 section 5.2), written out byte by byte and not by the code under test.</summary>
internal static class ClientFrame
{
    public const byte Text = 0x81;
    public const byte Binary = 0x82;
    public const byte Close = 0x88;
    public const byte Ping = 0x89;
    public const byte Pong = 0x8A;

    /// <summary>Fragments: the message's first, one in its middle, its last.</summary>
    public const byte TextStart = 0x01;
    public const byte BinaryStart = 0x02;
    public const byte Middle = 0x00;
    public const byte Last = 0x80;

    public static readonly byte[] Key = [0x37, 0xfa, 0x21, 0x3d];

    /// <param name="firstByte">FIN, the reserved bits and the opcode.</param>
    /// <param name="payload">The payload, not yet masked.</param>
    public static byte[] Of(byte firstByte, ReadOnlySpan<byte> payload)
    {
        byte[] frame = [.. Header(firstByte, payload.Length), .. payload];
        var start = frame.Length - payload.Length;
        for (var i = 0; i < payload.Length; i++)
        {
            frame[start + i] ^= Key[i % 4];
        }

        return frame;
    }

    /// <summary>A header that claims a payload, in the shortest form.</summary>
    public static byte[] Header(byte firstByte, long payloadLength) => payloadLength switch
    {
        <= 125 => [firstByte, (byte)(0x80 | payloadLength), .. Key],
        <= 0xFFFF => [firstByte, 0xFE, .. BigEndian(payloadLength)[6..], .. Key],
        _ => [firstByte, 0xFF, .. BigEndian(payloadLength), .. Key],
    };

    public static byte[] Closing(int code, ReadOnlySpan<byte> reason) => Of(Close, [(byte)(code >> 8), (byte)code, .. reason]);

    public static byte[] BigEndian(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }
}
