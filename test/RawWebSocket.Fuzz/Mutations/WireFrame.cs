using System.Buffers.Binary;

namespace RawWebSocket.Fuzz.Mutations;

/// <summary>How many bytes a frame's length takes besides the seven bits (RFC 6455 section 5.2).</summary>
internal enum LengthForm
{
    Short = 0,
    Medium = 2,
    Long = 8,
}

/// <summary>A client's frame, legal or not, in the parts that a mutation changes.</summary>
internal sealed class WireFrame
{
    public const byte Fin = 0x80;
    public const byte OpcodeBits = 0x0F;

    private const byte MaskBit = 0x80;

    /// <summary>FIN, RSV and opcode.</summary>
    public byte FirstByte { get; set; }

    public LengthForm Form { get; set; }

    /// <summary>What the header says; the payload may be of another length.</summary>
    public ulong ClaimedLength { get; set; }

    /// <summary>Four bytes, or none for a frame that is not masked.</summary>
    public byte[] Key { get; set; } = [0x37, 0xfa, 0x21, 0x3d];

    /// <summary>Not masked.</summary>
    public byte[] Payload { get; private set; } = [];

    public bool IsControl => (FirstByte & 0x08) != 0;

    public static WireFrame Of(byte firstByte, byte[] payload)
    {
        var frame = new WireFrame { FirstByte = firstByte };
        frame.SetPayload(payload);
        return frame;
    }

    public WireFrame Clone() => (WireFrame)MemberwiseClone();

    /// <summary>Sets the payload, and a header that is right for it.</summary>
    public void SetPayload(byte[] payload)
    {
        Payload = payload;
        ClaimedLength = (ulong)payload.Length;
        Form = FormFor(ClaimedLength);
    }

    /// <summary>The shortest form.</summary>
    public static LengthForm FormFor(ulong length) => length switch
    {
        <= 125 => LengthForm.Short,
        <= ushort.MaxValue => LengthForm.Medium,
        _ => LengthForm.Long,
    };

    /// <summary>Reads a whole frame from the front; null when there is none.</summary>
    public static WireFrame? Read(ReadOnlySpan<byte> bytes, out int size)
    {
        size = 0;
        if (bytes.Length < 2)
        {
            return null;
        }

        var form = (bytes[1] & 0x7F) switch { 126 => LengthForm.Medium, 127 => LengthForm.Long, _ => LengthForm.Short };
        var keySize = (bytes[1] & MaskBit) != 0 ? 4 : 0;
        var headerSize = 2 + (int)form + keySize;
        if (bytes.Length < headerSize)
        {
            return null;
        }

        var length = form switch
        {
            LengthForm.Short => (ulong)(bytes[1] & 0x7F),
            LengthForm.Medium => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            _ => BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]),
        };
        if (length > (ulong)(bytes.Length - headerSize))
        {
            return null;
        }

        size = headerSize + (int)length;
        var frame = new WireFrame
        {
            FirstByte = bytes[0],
            Form = form,
            ClaimedLength = length,
            Key = bytes[(headerSize - keySize)..headerSize].ToArray(),
        };
        frame.Payload = frame.Masked(bytes[headerSize..size]);
        return frame;
    }

    public void WriteTo(List<byte> bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(length, ClaimedLength);
        var sevenBits = Form switch { LengthForm.Short => (byte)(ClaimedLength & 0x7F), LengthForm.Medium => (byte)126, _ => (byte)127 };
        bytes.Add(FirstByte);
        bytes.Add((byte)(sevenBits | (Key.Length > 0 ? MaskBit : 0)));
        bytes.AddRange(length[(length.Length - (int)Form)..]);
        bytes.AddRange(Key);
        bytes.AddRange(Masked(Payload));
    }

    private byte[] Masked(ReadOnlySpan<byte> payload)
    {
        var masked = payload.ToArray();
        for (var i = 0; i < masked.Length && Key.Length > 0; i++)
        {
            masked[i] ^= Key[i % Key.Length];
        }

        return masked;
    }
}
