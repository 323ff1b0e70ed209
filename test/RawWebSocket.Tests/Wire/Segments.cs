using System.Buffers;

namespace RawWebSocket.Tests.Wire;

/// <summary>Sequences of several segments, each in an array of its own, as a pipe hands them out.</summary>
internal sealed class Segments : ReadOnlySequenceSegment<byte>
{
    private Segments(ReadOnlyMemory<byte> memory, long runningIndex)
    {
        Memory = memory;
        RunningIndex = runningIndex;
    }

    public static ReadOnlySequence<byte> Of(params IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        if (parts.Count == 0)
        {
            return ReadOnlySequence<byte>.Empty;
        }

        var first = new Segments(parts[0], 0);
        var last = first;
        foreach (var part in parts.Skip(1))
        {
            var next = new Segments(part, last.RunningIndex + last.Memory.Length);
            last.Next = next;
            last = next;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    /// <summary>Copies <paramref name="bytes"/> into segments that end at the given places and at the end.</summary>
    public static ReadOnlySequence<byte> Cut(ReadOnlySpan<byte> bytes, params IEnumerable<int> cuts) => Of([.. Pieces(bytes, cuts)]);

    /// <summary>Copies of the pieces between the given places; several equal places give empty pieces.</summary>
    public static List<ReadOnlyMemory<byte>> Pieces(ReadOnlySpan<byte> bytes, params IEnumerable<int> cuts)
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        var start = 0;
        foreach (var cut in cuts)
        {
            pieces.Add(bytes[start..cut].ToArray());
            start = cut;
        }

        pieces.Add(bytes[start..].ToArray());
        return pieces;
    }

    /// <summary>Cuts that leave pieces of one size.</summary>
    public static IEnumerable<int> Every(int size, int length)
    {
        for (var cut = size; cut < length; cut += size)
        {
            yield return cut;
        }
    }
}
