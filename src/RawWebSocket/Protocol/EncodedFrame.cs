using System.Buffers;
using System.Net.WebSockets;

namespace RawWebSocket.Protocol;

/// <summary>
/// A frame made once, header and all, to be queued for as many connections as it is for: a server's frames are not masked, so they are
/// the same for all. The <see cref="MemoryBudget"/> is charged for it once, from when the first begins to hold it until the last lets go.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class EncodedFrame
{
    private readonly byte[] _bytes;
    private int _holders;

    private EncodedFrame(byte[] bytes) => _bytes = bytes;

    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Header and payload, in bytes.</summary>
    public int Size => _bytes.Length;

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

    /// <summary>A message that was received, so that its text is known to be UTF-8.</summary>
    public static EncodedFrame Of(WebSocketMessageType type, in ReadOnlySequence<byte> payload)
    {
        var opcode = type == WebSocketMessageType.Text ? Opcode.Text : Opcode.Binary;
        payload.CopyTo(Begin(opcode, checked((int)payload.Length), out var frame));
        return new EncodedFrame(frame);
    }

    /// <summary>A payload of the given type, copied; text must be known to be UTF-8.</summary>
    public static EncodedFrame Of(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        payload.CopyTo(Begin(opcode, payload.Length, out var frame));
        return new EncodedFrame(frame);
    }

    /// <summary>It waits for one connection more.</summary>
    public void Hold(MemoryAccount account)
    {
        account.HoldShared(Size);
        if (Interlocked.Increment(ref _holders) == 1)
        {
            account.Budget.Charge(Size);
        }
    }

    /// <summary>The opposite of <see cref="Hold"/>.</summary>
    public void LetGo(MemoryAccount account)
    {
        account.LetGoShared(Size);
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            account.Budget.Release(Size);
        }
    }

    // Returns the room for the payload, behind the header.
    private static Span<byte> Begin(Opcode opcode, int payloadLength, out byte[] frame)
    {
        frame = new byte[FrameHeader.WrittenSize(payloadLength) + payloadLength];
        return frame.AsSpan(FrameHeader.Write(frame, opcode, isFinal: true, payloadLength));
    }
}
