using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using RawWebSocket.Compression;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Sending;

/// <summary>
/// Writes messages, each as one frame or as fragments, compressed where that is agreed and worth its while (RFC 7692 section 7.2.1). What is
/// compressed is so in the order in which it leaves: with context takeover, a message refers back to those before it.
/// </summary>
/// <remarks>Not thread-safe: used under the send queue's lock. A struct, because every connection has one.</remarks>
/// <param name="output">The transport's output.</param>
/// <param name="compression">What compresses; null where that is not agreed.</param>
/// <param name="tally">Told what has been written.</param>
internal struct MessageWriter(PipeWriter output, OutgoingCompression? compression, ISendTally tally)
{
    /// <summary>When so many bytes have been written, the output is flushed before anything else is.</summary>
    public const int Chunk = 64 * 1024;

    // Compressing takes time even where little comes of it, so that others are let in, and the output is flushed, after so much of it.
    private const int LongestRun = 512 * 1024;

    private FrameWriter _frames = new(output);

    // How many messages have ended since the last flush began.
    private int _messages;

    // Of a message in fragments, decided with its first.
    private bool _compressesMessage;

    /// <summary>Where frames are written.</summary>
    [UnscopedRef]
    public ref FrameWriter Frames => ref _frames;

    public readonly ISendTally Tally => tally;

    public readonly OutgoingCompression? Compression => compression;

    /// <summary>Whether so much has been written that it is to be flushed.</summary>
    public readonly bool HasChunk => _frames.Unflushed >= Chunk || compression is { Unflushed: >= Chunk };

    /// <summary>The same for a message that is compressed in fragments, of which much may have become little.</summary>
    public readonly bool HasRun => _frames.Unflushed >= Chunk || compression is { Unflushed: >= LongestRun };

    /// <summary>Whether a payload of so many bytes may be compressed.</summary>
    public readonly bool MayCompress(long length, MessageCompression asked) =>
        asked == MessageCompression.AsAgreed && compression is not null && length >= compression.MinimumSize;

    /// <summary>Writes a message of one frame, or a control frame.</summary>
    /// <exception cref="WriteFailedException">The output threw.</exception>
    public void Write(Opcode opcode, in ReadOnlySequence<byte> payload, MessageCompression asked)
    {
        if (!opcode.BeginsMessage() || !MayCompress(payload.Length, asked)
            || !compression!.IsWorthwhile(payload.Length, isWhole: true)
            || !TryWriteCompressed(opcode, isFinal: true, payload))
        {
            WritePlain(opcode, isFinal: true, payload);
        }
    }

    /// <summary>Writes a message of one frame as it is.</summary>
    /// <exception cref="WriteFailedException">The output threw.</exception>
    public void WritePlain(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        _frames.Write(opcode, isFinal: true, payload);
        _messages++;
    }

    /// <summary>Writes a frame that is encoded already, unless it may yet be compressed for this connection.</summary>
    /// <exception cref="WriteFailedException">The output threw.</exception>
    public void Write(EncodedFrame frame)
    {
        if (compression is not null && frame.Compression == MessageCompression.AsAgreed)
        {
            Write(frame.Opcode, new ReadOnlySequence<byte>(frame.Payload), frame.Compression);
            return;
        }

        _frames.Write(frame.Bytes.Span);
        EndEncoded(frame);
    }

    /// <summary>Says that the last byte of an encoded frame has been written.</summary>
    public void EndEncoded(EncodedFrame frame)
    {
        _messages++;
        if (frame.IsCompressed)
        {
            compression!.Forget();
        }
    }

    /// <summary>Says that the last byte of a message has been written whose frame the caller wrote himself.</summary>
    public void EndMessage() => _messages++;

    /// <summary>Writes a fragment of a message (RFC 6455 section 5.4).</summary>
    /// <exception cref="WriteFailedException">The output threw.</exception>
    public void WriteFragment(Opcode opcode, bool isFinal, in ReadOnlySequence<byte> payload, MessageCompression asked)
    {
        if (opcode.BeginsMessage())
        {
            _compressesMessage = asked == MessageCompression.AsAgreed
                && compression?.IsWorthwhile(payload.Length, isFinal) == true
                && TryWriteCompressed(opcode, isFinal, payload);
        }
        else if (_compressesMessage)
        {
            WriteCompressed(opcode, isFinal, Compress(isFinal, payload));
        }

        if (!_compressesMessage)
        {
            WritePlain(opcode, isFinal, payload);
        }
    }

    /// <summary>Writes a ping or a pong.</summary>
    /// <exception cref="WriteFailedException">The output threw.</exception>
    public void WriteControl(Opcode opcode, ReadOnlySpan<byte> payload) => _frames.Write(opcode, isFinal: true, payload);

    /// <summary>Says that what has been written belongs to the flush that follows, and returns how many bytes it is.</summary>
    public int BeginFlush()
    {
        var bytes = _frames.Unflushed;

        // First, because a listener of the metrics may throw: then nothing has changed, and it leaves with the next flush.
        tally.OnSent(bytes, _messages);
        Forget();
        return bytes;
    }

    /// <summary>Counts anew, because nothing of what has been written is sent any more.</summary>
    public void Forget()
    {
        _messages = 0;
        _frames.TakeUnflushed();
        compression?.Unflushed = 0;
    }

    private void WritePlain(Opcode opcode, bool isFinal, in ReadOnlySequence<byte> payload)
    {
        _frames.Write(opcode, isFinal, payload);
        if (opcode != Opcode.Close)
        {
            Count(isFinal);
        }
    }

    private void Count(bool isFinal)
    {
        if (isFinal)
        {
            _messages++;
        }
        else
        {
            tally.OnPartSent();
        }
    }

    // When compressing fails, the message goes as it is: nothing of it has been written yet.
    private bool TryWriteCompressed(Opcode opcode, bool isFinal, in ReadOnlySequence<byte> payload)
    {
        CompressedPayload compressed;
        try
        {
            compressed = Compress(isFinal, payload);
        }
        catch (Exception)
        {
            // There was no memory for it, or the payload is gone; of the latter writing it as it is tells.
            return false;
        }

        WriteCompressed(opcode, isFinal, compressed);
        return true;
    }

    private CompressedPayload Compress(bool isFinal, in ReadOnlySequence<byte> payload)
    {
        _frames.IsLooking = true;
        try
        {
            var compressed = compression!.Compress(payload, isFinal);
            compression.Unflushed += (int)payload.Length;
            return compressed;
        }
        finally
        {
            _frames.IsLooking = false;
        }
    }

    private void WriteCompressed(Opcode opcode, bool isFinal, CompressedPayload compressed)
    {
        using (compressed)
        {
            _frames.WriteHeader(opcode, isFinal, compressed.Length, isCompressed: opcode.BeginsMessage());
            _frames.Write(compressed.Span);
            Count(isFinal);
        }
    }
}
