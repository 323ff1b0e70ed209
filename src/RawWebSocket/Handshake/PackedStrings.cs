using System.Text;

namespace RawWebSocket.Handshake;

/// <summary>
/// Strings that are kept for long and hardly ever looked at, in one array: each as its length, seven bits a byte and the low ones first, and
/// its UTF-8. What every connection keeps of its request takes a third so.
/// </summary>
internal readonly struct PackedStrings
{
    private readonly byte[] _packed;

    private PackedStrings(byte[] packed) => _packed = packed;

    public static PackedStrings Of(List<string> strings)
    {
        var size = 0;
        foreach (var each in strings)
        {
            var bytes = Encoding.UTF8.GetByteCount(each);
            size += bytes + LengthSize(bytes);
        }

        var packed = new byte[size];
        var offset = 0;
        foreach (var each in strings)
        {
            WriteLength(packed, ref offset, Encoding.UTF8.GetByteCount(each));
            offset += Encoding.UTF8.GetBytes(each, packed.AsSpan(offset));
        }

        return new PackedStrings(packed);
    }

    /// <summary>The string at a place, counted from 0.</summary>
    public string this[int place]
    {
        get
        {
            var offset = OffsetOf(place);
            return Encoding.UTF8.GetString(Next(ref offset));
        }
    }

    /// <summary>Where the string at a place begins, or where one would that comes behind the last.</summary>
    public int OffsetOf(int place)
    {
        var offset = 0;
        for (; place > 0; place--)
        {
            _ = Next(ref offset);
        }

        return offset;
    }

    /// <summary>Whether there is another string at an offset.</summary>
    public bool HasMore(int offset) => offset < _packed.Length;

    /// <summary>The UTF-8 of the string at an offset, which moves to the next; the first is at 0.</summary>
    public ReadOnlySpan<byte> Next(ref int offset)
    {
        var length = ReadLength(ref offset);
        offset += length;
        return _packed.AsSpan(offset - length, length);
    }

    private static int LengthSize(int length)
    {
        var size = 1;
        while ((length >>= 7) > 0)
        {
            size++;
        }

        return size;
    }

    private static void WriteLength(byte[] packed, ref int offset, int length)
    {
        for (; length > 0x7F; length >>= 7)
        {
            packed[offset++] = (byte)(length | 0x80);
        }

        packed[offset++] = (byte)length;
    }

    private int ReadLength(ref int offset)
    {
        var (length, shift) = (0, 0);
        byte read;
        do
        {
            read = _packed[offset++];
            length |= (read & 0x7F) << shift;
            shift += 7;
        }
        while (read > 0x7F);

        return length;
    }
}
