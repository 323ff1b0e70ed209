using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RawWebSocket.Protocol;

/// <summary>Masking and unmasking, which are the same (RFC 6455 section 5.3).</summary>
internal static class Masking
{
    /// <summary>
    /// Unmasks in place: octet i of the payload is XORed with octet i mod 4 of the key.
    /// </summary>
    /// <param name="bytes">A part of the payload.</param>
    /// <param name="key">The key, its first wire byte first in memory.</param>
    /// <returns>The key for the payload's next part: turned by as many bytes as were done.</returns>
    public static uint Apply(Span<byte> bytes, uint key)
    {
        ref var start = ref MemoryMarshal.GetReference(bytes);
        var done = 0;

        if (Vector.IsHardwareAccelerated && bytes.Length >= Vector<byte>.Count)
        {
            var mask = Vector.AsVectorByte(new Vector<uint>(key));

            // Four at a time: one at a time took twice as long as a copy of 16 KiB.
            for (; done <= bytes.Length - (4 * Vector<byte>.Count); done += 4 * Vector<byte>.Count)
            {
                ref var at = ref Unsafe.Add(ref start, done);
                Apply(ref at, mask);
                Apply(ref Unsafe.Add(ref at, Vector<byte>.Count), mask);
                Apply(ref Unsafe.Add(ref at, 2 * Vector<byte>.Count), mask);
                Apply(ref Unsafe.Add(ref at, 3 * Vector<byte>.Count), mask);
            }

            for (; done <= bytes.Length - Vector<byte>.Count; done += Vector<byte>.Count)
            {
                Apply(ref Unsafe.Add(ref start, done), mask);
            }
        }

        for (; done <= bytes.Length - sizeof(uint); done += sizeof(uint))
        {
            ref var at = ref Unsafe.Add(ref start, done);
            Unsafe.WriteUnaligned(ref at, Unsafe.ReadUnaligned<uint>(ref at) ^ key);
        }

        for (; done < bytes.Length; done++)
        {
            Unsafe.Add(ref start, done) ^= KeyByte(key);
            key = Turn(key, 1);
        }

        return key;
    }

    /// <inheritdoc cref="Apply(Span{byte}, uint)"/>
    /// <remarks>
    /// It is what the transport's own reader handed out: memory that nobody else reads, so it is unmasked where it lies.
    /// </remarks>
    public static uint Apply(ReadOnlySpan<byte> payload, uint key) =>
        Apply(MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(payload), payload.Length), key);

    /// <inheritdoc cref="Apply(ReadOnlySpan{byte}, uint)"/>
    public static uint Apply(in ReadOnlySequence<byte> payload, uint key)
    {
        if (payload.IsSingleSegment)
        {
            return Apply(payload.FirstSpan, key);
        }

        foreach (var part in payload)
        {
            key = Apply(part.Span, key);
        }

        return key;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Apply(ref byte at, Vector<byte> mask) =>
        Unsafe.WriteUnaligned(ref at, Unsafe.ReadUnaligned<Vector<byte>>(ref at) ^ mask);

    // The key's bytes are read in memory order, so "first" is the low byte on little-endian machines and the high byte on the others.
    private static byte KeyByte(uint key) => BitConverter.IsLittleEndian ? (byte)key : (byte)(key >> 24);

    private static uint Turn(uint key, int bytes) =>
        BitConverter.IsLittleEndian ? BitOperations.RotateRight(key, 8 * bytes) : BitOperations.RotateLeft(key, 8 * bytes);
}
