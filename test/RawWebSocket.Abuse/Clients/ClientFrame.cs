using System.Buffers.Binary;

namespace RawWebSocket.Abuse.Clients;

/// <summary>What the server is sent: masked frames (RFC 6455 section 5.2), whole, or a header that promises anything.</summary>
internal static class ClientFrame
{
    private const int KeySize = 4;
    private const byte Masked = 0x80;

    public static byte[] Of(Opcode opcode, ReadOnlySpan<byte> payload, bool isFinal = true)
    {
        var header = Header(opcode, (ulong)payload.Length, isFinal);
        var frame = new byte[header.Length + payload.Length];
        header.CopyTo(frame, 0);
        for (var i = 0; i < payload.Length; i++)
        {
            frame[header.Length + i] = (byte)(payload[i] ^ header[header.Length - KeySize + (i % KeySize)]);
        }

        return frame;
    }

    /// <summary>A message whose payload has been compressed (RFC 7692 section 6): RSV1 says so.</summary>
    public static byte[] Compressed(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        const byte Rsv1 = 0x40;
        var frame = Of(opcode, payload);
        frame[0] |= Rsv1;
        return frame;
    }

    /// <summary>A header with its masking key. The length is a claim; nothing need follow.</summary>
    public static byte[] Header(Opcode opcode, ulong claimedLength, bool isFinal = true)
    {
        Span<byte> header = stackalloc byte[14];
        header[0] = (byte)((isFinal ? 0x80 : 0) | (byte)opcode);
        var size = 2;
        if (claimedLength < 126)
        {
            header[1] = (byte)(Masked | (byte)claimedLength);
        }
        else if (claimedLength <= ushort.MaxValue)
        {
            header[1] = Masked | 126;
            BinaryPrimitives.WriteUInt16BigEndian(header[size..], (ushort)claimedLength);
            size += sizeof(ushort);
        }
        else
        {
            header[1] = Masked | 127;
            BinaryPrimitives.WriteUInt64BigEndian(header[size..], claimedLength);
            size += sizeof(ulong);
        }

        Random.Shared.NextBytes(header.Slice(size, KeySize));
        return header[..(size + KeySize)].ToArray();
    }

    public static byte[] Close(ushort code)
    {
        Span<byte> payload = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(payload, code);
        return Of(Opcode.Close, payload);
    }

    /// <summary>The same frame many times over, to be written at once.</summary>
    public static byte[] Repeat(byte[] frame, int count)
    {
        var frames = new byte[frame.Length * count];
        for (var i = 0; i < count; i++)
        {
            frame.CopyTo(frames, i * frame.Length);
        }

        return frames;
    }
}
