using System.Buffers;
using RawWebSocket.Compression;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <content>
/// Compressing what is written (RFC 7692 section 7.2.1), under the lock and in the order
/// in which it leaves: with context takeover, a message refers back to those before it.
/// </content>
internal sealed partial class SendQueue
{
    // Compressing takes time even where little comes of it, so that others are let in, and the output is flushed, after so much of it.
    private const int LongestRun = 512 * 1024;

    // Of a message in fragments, decided with its first.
    private bool _compressesMessage;

    private bool MayCompress(long length, MessageCompression messageCompression) =>
        messageCompression == MessageCompression.AsAgreed && compression is not null && length >= compression.MinimumSize;

    /// <summary>What compresses; null where that is not agreed.</summary>
    public OutgoingCompression? Compression => compression;

    /// <summary>Gives back all that compression holds; nothing is written any more.</summary>
    public void EndCompression() => compression?.Release();

    private void WriteMessage(Opcode opcode, in ReadOnlySequence<byte> payload, MessageCompression messageCompression)
    {
        if (compression is null || !opcode.BeginsMessage() || !MayCompress(payload.Length, messageCompression)
            || !compression.IsWorthwhile(payload.Length, isWhole: true)
            || !TryWriteCompressed(opcode, isFinal: true, payload))
        {
            WriteFrame(opcode, isFinal: true, payload);
        }
    }

    private void WriteFragmentOfMessage(
        Opcode opcode, bool isFinal, in ReadOnlySequence<byte> payload, MessageCompression messageCompression)
    {
        if (opcode.BeginsMessage())
        {
            _compressesMessage = messageCompression == MessageCompression.AsAgreed
                && compression?.IsWorthwhile(payload.Length, isFinal) == true
                && TryWriteCompressed(opcode, isFinal, payload);
        }
        else if (_compressesMessage)
        {
            WriteCompressed(opcode, isFinal, Compress(isFinal, payload));
        }

        if (!_compressesMessage)
        {
            WriteFrame(opcode, isFinal, payload);
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

    private void WriteFrame(EncodedFrame frame)
    {
        if (compression is not null && frame.Compression == MessageCompression.AsAgreed)
        {
            WriteMessage(frame.Opcode, new ReadOnlySequence<byte>(frame.Payload), frame.Compression);
            return;
        }

        WriteBytes(frame.Bytes.Span);
        _unflushedMessages++;
        if (frame.IsCompressed)
        {
            compression!.Forget();
        }
    }

    private CompressedPayload Compress(bool isFinal, in ReadOnlySequence<byte> payload)
    {
        compression!.Unflushed += (int)payload.Length;
        return compression.Compress(payload, isFinal);
    }

    private void WriteCompressed(Opcode opcode, bool isFinal, CompressedPayload compressed)
    {
        using (compressed)
        {
            WriteHeader(opcode, isFinal, compressed.Length, isCompressed: opcode.BeginsMessage());
            WriteBytes(compressed.Span);
            CountFrame(isFinal);
        }
    }

    private bool IsCompressed(Pending large, out Opcode opcode, out ReadOnlySequence<byte> payload)
    {
        var post = large as PendingPost;
        var send = large as PendingSend;
        opcode = post?.Frame.Opcode ?? send!.Opcode;
        payload = post is null ? send!.Payload : new ReadOnlySequence<byte>(post.Frame.Payload);
        var messageCompression = post?.Frame.Compression ?? send!.Compression;
        return MayCompress(payload.Length, messageCompression);
    }

    // In fragments, because the length of what has not been compressed yet
    // is not known, and a slow peer must hold back its sender here too.
    private async ValueTask<SendResult> CompressLargeAsync(Pending large, Opcode opcode, ReadOnlySequence<byte> payload)
    {
        while (!payload.IsEmpty)
        {
            var chunk = payload.Slice(0, Math.Min(Chunk, payload.Length));
            payload = payload.Slice(chunk.Length);
            if (CompressChunk(opcode, isFinal: payload.IsEmpty, chunk))
            {
                var result = await ResultOfAsync(FlushOutputAsync(LeaveAfterWaiting(large))).ConfigureAwait(false);
                if (result == SendResult.Closed)
                {
                    return SendResult.Closed;
                }

                EndChunk(large);
            }

            opcode = Opcode.Continuation;
        }

        using (Enter())
        {
            BeginFlush();
        }

        return SendResult.Sent;
    }

    // True when it is to be flushed.
    private bool CompressChunk(Opcode opcode, bool isFinal, in ReadOnlySequence<byte> chunk)
    {
        using (Enter())
        {
            WriteFragmentOfMessage(opcode, isFinal, chunk, MessageCompression.AsAgreed);
            Kept.Unwritten = isFinal ? 0 : Kept.Unwritten - chunk.Length;
            if (_unflushed < Chunk && compression!.Unflushed < LongestRun)
            {
                return false;
            }

            WriteControlFrames();
            BeginFlush();
            return true;
        }
    }

    private void ForgetContextAfter(Pending written)
    {
        if (written is PendingPost { Frame.IsCompressed: true })
        {
            compression!.Forget();
        }
    }
}
