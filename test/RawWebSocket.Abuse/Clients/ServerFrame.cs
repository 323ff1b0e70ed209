using System.Buffers.Binary;

namespace RawWebSocket.Abuse.Clients;

/// <summary>Where a frame of the server's lies in a buffer.</summary>
/// <param name="Opcode">What it is.</param>
/// <param name="Start">Where its payload starts.</param>
/// <param name="Length">How long its payload is.</param>
internal readonly record struct ServerFrame(Opcode Opcode, int Start, int Length)
{
    public int End => Start + Length;

    /// <summary>The frame at the beginning of the bytes; null while it is not whole.</summary>
    public static ServerFrame? At(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2)
        {
            return null;
        }

        var (start, length) = (2, (long)(bytes[1] & 0x7F));
        if (length == 126)
        {
            start += sizeof(ushort);
            length = bytes.Length < start ? 0 : BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        }
        else if (length == 127)
        {
            start += sizeof(ulong);
            length = bytes.Length < start ? 0 : BinaryPrimitives.ReadInt64BigEndian(bytes[2..]);
        }

        return bytes.Length < start + length ? null : new ServerFrame((Opcode)(bytes[0] & 0x0F), start, (int)length);
    }

    /// <summary>The code of a close frame; 1005 when it carries none.</summary>
    public int CloseCode(ReadOnlySpan<byte> bytes) => Length < 2 ? 1005 : BinaryPrimitives.ReadUInt16BigEndian(bytes[Start..]);
}
