using System.Buffers.Binary;
using System.Text;

namespace RawWebSocket.Conformance.Tests;

/// <summary>What a client writes (RFC 6455 section 5.2), byte for byte.</summary>
internal static class Wire
{
    /// <summary>The masking key of the examples in section 5.7.</summary>
    public const uint Key = 0x37FA213D;

    public static byte[] Text(string text) => Frame(0x81, Encoding.UTF8.GetBytes(text));

    public static byte[] Text(ReadOnlySpan<byte> payload) => Frame(0x81, payload);

    public static byte[] FirstText(ReadOnlySpan<byte> payload) => Frame(0x01, payload);

    public static byte[] Binary(ReadOnlySpan<byte> payload) => Frame(0x82, payload);

    public static byte[] FirstBinary(ReadOnlySpan<byte> payload) => Frame(0x02, payload);

    /// <summary>A continuation that another follows.</summary>
    public static byte[] Next(ReadOnlySpan<byte> payload) => Frame(0x00, payload);

    /// <summary>The continuation that ends a message.</summary>
    public static byte[] Last(ReadOnlySpan<byte> payload) => Frame(0x80, payload);

    public static byte[] Ping(ReadOnlySpan<byte> payload = default) => Frame(0x89, payload);

    public static byte[] Pong(ReadOnlySpan<byte> payload = default) => Frame(0x8A, payload);

    public static byte[] Close(ReadOnlySpan<byte> payload = default) => Frame(0x88, payload);

    public static byte[] Close(int code, ReadOnlySpan<byte> reason = default) => Close([(byte)(code >> 8), (byte)code, .. reason]);

    /// <summary>A masked frame whose length is as short as it can be.</summary>
    public static byte[] Frame(int first, ReadOnlySpan<byte> payload, uint key = Key)
    {
        var frame = (byte[])[.. Header(first, (ulong)payload.Length, key), .. payload];
        for (var i = 0; i < payload.Length; i++)
        {
            frame[frame.Length - payload.Length + i] ^= (byte)(key >> (24 - (8 * (i % 4))));
        }

        return frame;
    }

    /// <summary>The header of a masked frame, whose length is as short as it can be.</summary>
    public static byte[] Header(int first, ulong length, uint key = Key) => length switch
    {
        < 126 => LongHeader(first, (int)length, [], key),
        <= ushort.MaxValue => Header16(first, (ushort)length, key),
        _ => Header64(first, length, key),
    };

    /// <summary>The header of a masked frame with its length in 16 bits, whether it needs them or not.</summary>
    public static byte[] Header16(int first, ushort length, uint key = Key) =>
        LongHeader(first, 126, [(byte)(length >> 8), (byte)length], key);

    /// <summary>The header of a masked frame with its length in 64 bits, whether it needs them or not.</summary>
    public static byte[] Header64(int first, ulong length, uint key = Key)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, length);
        return LongHeader(first, 127, bytes, key);
    }

    public static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    /// <summary>A payload in which no stretch looks like another.</summary>
    public static byte[] Payload(int length)
    {
        var payload = new byte[length];
        for (var i = 0; i < length; i++)
        {
            payload[i] = (byte)((i * 167) ^ (i >> 8) ^ (i >> 16));
        }

        return payload;
    }

    private static byte[] LongHeader(int first, int second, ReadOnlySpan<byte> length, uint key) =>
        [(byte)first, (byte)(0x80 | second), .. length, (byte)(key >> 24), (byte)(key >> 16), (byte)(key >> 8), (byte)key];
}
