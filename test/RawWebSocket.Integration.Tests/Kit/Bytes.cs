using System.Buffers;

namespace RawWebSocket.Integration.Tests.Kit;

internal static class Bytes
{
    /// <summary>Bytes that betray any that are lost, doubled or out of place.</summary>
    public static byte[] Counting(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            bytes[i] = (byte)(i ^ (i >> 8) ^ (i >> 16));
        }

        return bytes;
    }

    /// <summary>A sequence in segments of the given size.</summary>
    public static ReadOnlySequence<byte> InSegments(ReadOnlyMemory<byte> bytes, int size)
    {
        var first = new Segment(bytes[..Math.Min(size, bytes.Length)], 0);
        var last = first;
        for (var rest = bytes[first.Memory.Length..]; !rest.IsEmpty; rest = rest[last.Memory.Length..])
        {
            last = last.Append(rest[..Math.Min(size, rest.Length)]);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex)
        {
            Memory = memory;
            RunningIndex = runningIndex;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
