using System.Buffers;
using System.IO.Compression;

namespace RawWebSocket.Compression;

/// <summary>Compresses the payloads of messages (RFC 7692 section 7.2.1).</summary>
/// <remarks>Used by one thread at a time. What has thrown must forget, or be disposed of, before it goes on.</remarks>
internal sealed class Deflater(DeflateSettings settings) : IDisposable
{
    private const int Tail = 4;

    // zlib writes its mark once more when it finds no more than this much room behind it.
    private const int RoomForMark = 7;

    private readonly DeflateHandle _handle = new(ZlibLevel(settings), settings.WindowBits, settings.MemoryLevel);

    public DeflateSettings Settings => settings;

    /// <summary>Compresses a fragment, or a whole message, into <paramref name="output"/>.</summary>
    public void Deflate(in ReadOnlySequence<byte> payload, bool isFinal, ContextAfter context, CompressedPayload output)
    {
        var flush = context == ContextAfter.Forgotten ? ZlibFlush.Full : ZlibFlush.Sync;
        if (payload.IsSingleSegment)
        {
            Run(payload.FirstSpan, flush, output);
        }
        else
        {
            // Looked at before anything is compressed: a payload that has been disposed throws, and must not be known in part.
            foreach (var segment in payload)
            {
                _ = segment.Span;
            }

            foreach (var segment in payload)
            {
                Run(segment.Span, ZlibFlush.None, output);
            }

            Run([], flush, output);
        }

        if (isFinal)
        {
            CutTail(output);
        }
    }

    /// <summary>Makes it know the last of what the peer knows, so that what follows may refer back to it.</summary>
    public void Learn(History history, CompressedPayload scratch)
    {
        if (history.Length > 0)
        {
            history.Last(history.Length, out var older, out var newer);
            Run(older, ZlibFlush.None, scratch);
            Run(newer, ZlibFlush.Sync, scratch);
            scratch.Cut(scratch.Length);
        }
    }

    public void Forget(CompressedPayload scratch)
    {
        Run([], ZlibFlush.Full, scratch);
        scratch.Cut(scratch.Length);
    }

    public void Dispose() => _handle.Dispose();

    private static int ZlibLevel(DeflateSettings settings) => settings.Level switch
    {
        CompressionLevel.NoCompression => 0,
        CompressionLevel.Fastest => 1,
        CompressionLevel.SmallestSize => 9,
        _ => 6,
    };

    private void Run(ReadOnlySpan<byte> input, ZlibFlush flush, CompressedPayload output)
    {
        bool isFull;
        do
        {
            var room = output.Room(RoomForMark + (input.Length / 2));
            var result = _handle.Run(input, room, flush, out var consumed, out var written);
            if (result is not (ZlibResult.Ok or ZlibResult.BufferError))
            {
                throw new InvalidOperationException($"zlib could not compress; it answers {result}.");
            }

            input = input[consumed..];
            output.Advance(written);
            isFull = written == room.Length;
        }
        while (isFull || !input.IsEmpty);
    }

    // Section 7.2.1: "Remove 4 octets (that are 0x00 0x00 0xff 0xff) from the tail end. After this step, the last octet of the compressed
    // data contains (possibly part of) the DEFLATE header bits with the BTYPE bits set to 00." Where there was nothing to flush, because
    // all had been flushed before, an empty stored block has to be begun for that.
    private static void CutTail(CompressedPayload output)
    {
        if (output.Length > 0)
        {
            output.Cut(Tail);
            return;
        }

        output.Room(1)[0] = 0;
        output.Advance(1);
    }
}
