using System.Buffers;

namespace RawWebSocket.Protocol;

/// <summary>
/// A frame made once, header and all, to be queued for as many connections as it is for: a server's frames are not masked, so they are
/// the same for all. The <see cref="MemoryBudget"/> is charged for it once, from when the first begins to hold it until the last lets go.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class EncodedFrame
{
    private readonly byte[] _bytes;
    private readonly int _headerSize;
    private int _holders;

    private EncodedFrame(Opcode opcode, int payloadLength, bool isCompressed)
    {
        Opcode = opcode;
        IsCompressed = isCompressed;
        _bytes = new byte[FrameHeader.WrittenSize(payloadLength) + payloadLength];
        _headerSize = FrameHeader.Write(_bytes, opcode, isFinal: true, payloadLength, isCompressed);
    }

    public Opcode Opcode { get; }

    public ReadOnlyMemory<byte> Bytes => _bytes;

    public ReadOnlyMemory<byte> Payload => _bytes.AsMemory(_headerSize);

    /// <summary>Whether it may yet be compressed when it is written, for the one connection that it is for.</summary>
    public MessageCompression Compression { get; init; }

    /// <summary>Whether its payload is compressed, in no connection's context.</summary>
    public bool IsCompressed { get; }

    /// <summary>Header and payload, in bytes.</summary>
    public int Size => _bytes.Length;

    /// <summary>
    /// How much of it others hold as well, seen from one that holds it: all of it but this one's equal part. Letting go of it gives back no
    /// more than that part.
    /// </summary>
    public long SharedBytes => Size - (Size / Math.Max(1, Volatile.Read(ref _holders)));

    public static EncodedFrame Text(string text)
    {
        var utf8 = ArrayPool<byte>.Shared.Rent(OutgoingText.MaxBytes(text));
        try
        {
            return Of(Opcode.Text, utf8.AsSpan(0, OutgoingText.Encode(text, utf8)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(utf8);
        }
    }

    public static EncodedFrame Text(ReadOnlySpan<byte> utf8)
    {
        OutgoingText.ThrowIfNotUtf8(utf8);
        return Of(Opcode.Text, utf8);
    }

    public static EncodedFrame Binary(ReadOnlySpan<byte> data) => Of(Opcode.Binary, data);

    /// <summary>A payload of the given type, copied; text must be known to be UTF-8.</summary>
    public static EncodedFrame Of(Opcode opcode, ReadOnlySpan<byte> payload, MessageCompression compression = MessageCompression.None)
    {
        var frame = new EncodedFrame(opcode, payload.Length, isCompressed: false) { Compression = compression };
        payload.CopyTo(frame._bytes.AsSpan(frame._headerSize));
        return frame;
    }

    /// <summary>A payload of the given type, copied; text must be known to be UTF-8.</summary>
    public static EncodedFrame Of(Opcode opcode, in ReadOnlySequence<byte> payload)
    {
        var frame = new EncodedFrame(opcode, checked((int)payload.Length), isCompressed: false) { Compression = MessageCompression.None };
        payload.CopyTo(frame._bytes.AsSpan(frame._headerSize));
        return frame;
    }

    /// <summary>A payload that has been compressed, copied.</summary>
    public static EncodedFrame Compressed(Opcode opcode, ReadOnlySpan<byte> compressed)
    {
        var frame = new EncodedFrame(opcode, compressed.Length, isCompressed: true) { Compression = MessageCompression.None };
        compressed.CopyTo(frame._bytes.AsSpan(frame._headerSize));
        return frame;
    }

    /// <summary>It waits for one connection more.</summary>
    public void Hold(IMemoryAccount account)
    {
        account.Count(Size);
        if (Interlocked.Increment(ref _holders) == 1)
        {
            account.Budget.Charge(Size);
        }
    }

    /// <summary>The opposite of <see cref="Hold"/>.</summary>
    public void LetGo(IMemoryAccount account)
    {
        account.Count(-Size);
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            account.Budget.Release(Size);
        }
    }
}
