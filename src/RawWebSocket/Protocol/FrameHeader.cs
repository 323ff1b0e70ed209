using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace RawWebSocket.Protocol;

/// <summary>A frame's header as a client sends it (RFC 6455 section 5.2), and the writing of a server's.</summary>
/// <remarks>
/// <code>
///   byte 0            byte 1              then, big-endian             then
///   7   6 5 4  3..0   7      6..0
///  FIN  RSV   opcode  MASK   length       0..125: nothing              masking key, 4 bytes, if MASK
///                            126:         2 bytes, 126..65535          payload
///                            127:         8 bytes, 65536..2^63-1
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Auto)]
internal readonly struct FrameHeader
{
    /// <summary>The longest header a server writes: no masking key.</summary>
    public const int MaxWrittenSize = 10;

    /// <summary>The longest header a client sends.</summary>
    public const int MaxReadSize = 14;

    /// <summary>Section 5.5: "All control frames MUST have a payload length of 125 bytes or less".</summary>
    public const int MaxControlPayload = 125;

    private const byte FinBit = 0x80;
    private const byte RsvBits = 0x70;
    private const byte Rsv1Bit = 0x40;
    private const byte OpcodeBits = 0x0F;
    private const byte MaskBit = 0x80;
    private const byte LengthBits = 0x7F;
    private const int Length16 = 126;
    private const int Length64 = 127;

    private FrameHeader(Opcode opcode, bool isFinal, bool isCompressed, long payloadLength, uint maskingKey, int size)
    {
        Opcode = opcode;
        IsFinal = isFinal;
        IsCompressed = isCompressed;
        PayloadLength = payloadLength;
        MaskingKey = maskingKey;
        Size = size;
    }

    public Opcode Opcode { get; }

    /// <summary>FIN: the last, or only, fragment of its message.</summary>
    public bool IsFinal { get; }

    /// <summary>RSV1: the message that begins with this frame is compressed (RFC 7692 section 6).</summary>
    public bool IsCompressed { get; }

    /// <summary>What the peer claims will follow; nothing is ever reserved for it.</summary>
    public long PayloadLength { get; }

    /// <summary>The four masking bytes, in the order they stand on the wire.</summary>
    public uint MaskingKey { get; }

    /// <summary>How many bytes the header itself takes.</summary>
    public int Size { get; }

    /// <summary>
    /// Reads a header from the front of <paramref name="bytes"/>; false when more are needed. What two bytes already show to be
    /// wrong is found at once, without waiting for the rest.
    /// </summary>
    /// <param name="bytes">What has arrived.</param>
    /// <param name="header">The header.</param>
    /// <param name="fault">What is wrong with it; null when nothing is.</param>
    /// <param name="mayCompress">Whether permessage-deflate has been agreed, so that messages may be compressed.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out FrameHeader header, out ProtocolFault? fault, bool mayCompress = false)
    {
        header = default;
        fault = null;
        if (bytes.Length < 2)
        {
            return false;
        }

        var opcode = (Opcode)(bytes[0] & OpcodeBits);
        var isFinal = (bytes[0] & FinBit) != 0;
        var shortLength = bytes[1] & LengthBits;
        var isCompressed = mayCompress && (bytes[0] & RsvBits) == Rsv1Bit && opcode.BeginsMessage();
        fault = CheckFirstBytes(isCompressed ? bytes[0] & ~Rsv1Bit : bytes[0], bytes[1], opcode, isFinal, shortLength);
        if (fault is not null)
        {
            return true;
        }

        var lengthSize = shortLength switch { Length16 => 2, Length64 => 8, _ => 0 };
        var size = 2 + lengthSize + sizeof(uint);
        if (bytes.Length < size)
        {
            return false;
        }

        fault = ReadLength(bytes[2..], shortLength, out var length);
        header = new FrameHeader(opcode, isFinal, isCompressed, length, MemoryMarshal.Read<uint>(bytes[(2 + lengthSize)..]), size);
        return true;
    }

    /// <summary>How many bytes <see cref="Write"/> writes.</summary>
    public static int WrittenSize(long payloadLength) => payloadLength switch
    {
        < Length16 => 2,
        <= ushort.MaxValue => 4,
        _ => MaxWrittenSize,
    };

    /// <summary>Writes a server's header, unmasked (section 5.1) and minimal, and returns its size.</summary>
    public static int Write(Span<byte> destination, Opcode opcode, bool isFinal, long payloadLength, bool isCompressed = false)
    {
        destination[0] = (byte)((isFinal ? FinBit : 0) | (isCompressed ? Rsv1Bit : 0) | (byte)opcode);
        switch (payloadLength)
        {
            case < Length16:
                destination[1] = (byte)payloadLength;
                return 2;
            case <= ushort.MaxValue:
                destination[1] = Length16;
                BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)payloadLength);
                return 4;
            default:
                destination[1] = Length64;
                BinaryPrimitives.WriteInt64BigEndian(destination[2..], payloadLength);
                return 10;
        }
    }

    private static ProtocolFault? CheckFirstBytes(int first, byte second, Opcode opcode, bool isFinal, int shortLength)
    {
        // Section 5.2: RSV "MUST be 0 unless an extension is negotiated that defines meanings for
        // non-zero values." RFC 7692 section 6 gives RSV1 one on the first frame of a message alone.
        if ((first & RsvBits) != 0)
        {
            return ProtocolFault.ReservedBits;
        }

        // Section 5.2: "If an unknown opcode is received, the receiving endpoint MUST _Fail the WebSocket Connection_."
        if (!opcode.IsDefined())
        {
            return ProtocolFault.ReservedOpcode;
        }

        // Section 5.1: "The server MUST close the connection upon receiving a frame that is not masked."
        if ((second & MaskBit) == 0)
        {
            return ProtocolFault.NotMasked;
        }

        // Section 5.5: control frames "MUST have a payload length of 125 bytes or less and MUST NOT be fragmented."
        if (opcode.IsControl())
        {
            return !isFinal ? ProtocolFault.ControlFragmented
                : shortLength > MaxControlPayload ? ProtocolFault.ControlTooLong
                : null;
        }

        return null;
    }

    private static ProtocolFault? ReadLength(ReadOnlySpan<byte> bytes, int shortLength, out long length)
    {
        length = shortLength;
        if (shortLength == Length16)
        {
            // Section 5.2: "the minimal number of bytes MUST be used to encode the length".
            length = BinaryPrimitives.ReadUInt16BigEndian(bytes);
            return length < Length16 ? ProtocolFault.LengthNotMinimal : null;
        }

        if (shortLength == Length64)
        {
            // Section 5.2: "a 64-bit unsigned integer (the most significant bit MUST be 0)".
            length = BinaryPrimitives.ReadInt64BigEndian(bytes);
            return length < 0 ? ProtocolFault.LengthTopBit
                : length <= ushort.MaxValue ? ProtocolFault.LengthNotMinimal
                : null;
        }

        return null;
    }
}
