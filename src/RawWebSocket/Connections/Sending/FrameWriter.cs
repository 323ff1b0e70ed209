using System.Buffers;
using System.IO.Pipelines;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Sending;

/// <summary>
/// Writes frames into the transport's output, header and payload together (RFC 6455 section 5.2). Whatever the output throws breaks it: part
/// of a frame may stand there, and the peer would take any further byte for that frame's payload.
/// </summary>
/// <remarks>
/// Not thread-safe: used under the send queue's lock. Only <see cref="FlushAsync"/> is called outside of it, by whoever holds the output.
/// A struct, because every connection has one. Memory is taken from the output once for many frames, and handed back with the flush, because
/// the runtime's pipe takes a lock for each.
/// </remarks>
/// <param name="output">The transport's output. A frame's bytes are copied into it.</param>
internal struct FrameWriter(PipeWriter output)
{
    // Memory of the output, of which so much has been written.
    private Memory<byte> _room;
    private int _used;

    /// <summary>How many bytes have been written since the last flush began.</summary>
    public int Unflushed { get; private set; }

    /// <summary>Whether writing has thrown, so that nothing may be written any more.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>
    /// Whether memory is being asked for or looked at that may be the application's own. That may do anything then, and a frame inside of a
    /// frame would break the stream, so nothing can be written.
    /// </summary>
    public bool IsLooking { get; set; }

    /// <summary>Writes a frame whose payload lies in one piece.</summary>
    /// <exception cref="WriteFailedException">The output threw.</exception>
    public void Write(Opcode opcode, bool isFinal, ReadOnlySpan<byte> payload)
    {
        bool fits;
        ThrowIfReentered();
        try
        {
            // Header and payload in one go if there is room for both, which there is for nearly every short frame.
            var room = Room(FrameHeader.MaxWrittenSize);
            var size = FrameHeader.Write(room, opcode, isFinal, payload.Length);
            fits = payload.TryCopyTo(room[size..]);
            Advance(fits ? size + payload.Length : size);
        }
        catch (Exception exception)
        {
            throw Broken(exception);
        }

        if (!fits)
        {
            Write(payload);
        }
    }

    /// <summary>Writes a frame.</summary>
    /// <exception cref="WriteFailedException">The output threw, or the payload was taken away while it was written.</exception>
    public void Write(Opcode opcode, bool isFinal, in ReadOnlySequence<byte> payload)
    {
        if (payload.IsSingleSegment)
        {
            Write(opcode, isFinal, LookAt(payload.First));
            return;
        }

        // Looked at before the header is written: a part that has been disposed throws, and must not leave half a frame.
        foreach (var part in payload)
        {
            _ = LookAt(part);
        }

        WriteHeader(opcode, isFinal, payload.Length);
        foreach (var part in payload)
        {
            Write(part);
        }
    }

    /// <summary>Writes a header; the caller writes so many bytes of payload next. Returns the header's size.</summary>
    /// <exception cref="WriteFailedException">The output threw.</exception>
    public int WriteHeader(Opcode opcode, bool isFinal, long payloadLength, bool isCompressed = false)
    {
        ThrowIfReentered();
        try
        {
            var size = FrameHeader.Write(Room(FrameHeader.MaxWrittenSize), opcode, isFinal, payloadLength, isCompressed);
            Advance(size);
            return size;
        }
        catch (Exception exception)
        {
            throw Broken(exception);
        }
    }

    /// <summary>Writes bytes of a payload, or of a frame that is encoded already.</summary>
    /// <exception cref="WriteFailedException">The output threw.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        ThrowIfReentered();
        try
        {
            if (bytes.TryCopyTo(_room.Span[_used..]))
            {
                _used += bytes.Length;
            }
            else
            {
                IsLooking = true;
                HandBack();
                output.Write(bytes);
                IsLooking = false;
            }

            Unflushed += bytes.Length;
        }
        catch (Exception exception)
        {
            throw Broken(exception);
        }
    }

    /// <summary>Writes bytes behind a header; if their owner has disposed of them since, the frame cannot be finished any more.</summary>
    /// <exception cref="WriteFailedException">The output threw, or the bytes are gone.</exception>
    public void Write(ReadOnlyMemory<byte> bytes)
    {
        ReadOnlySpan<byte> span;
        try
        {
            span = LookAt(bytes);
        }
        catch (Exception exception)
        {
            throw Broken(exception);
        }

        Write(span);
    }

    /// <summary>Counts anew: what has been written belongs to the flush that follows, or is not sent any more.</summary>
    public void TakeUnflushed() => Unflushed = 0;

    /// <summary>Flushes what has been written. For whoever holds the output.</summary>
    public ValueTask<FlushResult> FlushAsync()
    {
        try
        {
            HandBack();

            // No caller's token ever reaches the transport: a write given up half-way would break the stream of frames.
            return output.FlushAsync(CancellationToken.None);
        }
        catch (Exception exception)
        {
            // A transport that throws at once has ended like one whose task fails.
            return ValueTask.FromException<FlushResult>(exception);
        }
    }

    /// <summary>Forgets what has been written and not been handed to the output: it is not sent any more.</summary>
    public void Drop() => (_room, _used) = (default, 0);

    private Span<byte> Room(int least)
    {
        if (_room.Length - _used < least)
        {
            IsLooking = true;
            HandBack();
            _room = output.GetMemory(least);
            IsLooking = false;
        }

        return _room.Span[_used..];
    }

    private void Advance(int bytes)
    {
        _used += bytes;
        Unflushed += bytes;
    }

    private void HandBack()
    {
        if (_used > 0)
        {
            output.Advance(_used);
        }

        (_room, _used) = (default, 0);
    }

    private ReadOnlySpan<byte> LookAt(ReadOnlyMemory<byte> bytes)
    {
        ThrowIfReentered();
        IsLooking = true;
        try
        {
            return bytes.Span;
        }
        finally
        {
            IsLooking = false;
        }
    }

    private readonly void ThrowIfReentered()
    {
        if (IsLooking)
        {
            throw new InvalidOperationException("Memory of the transport or of a payload sends on the connection that asks for it.");
        }
    }

    private WriteFailedException Broken(Exception cause)
    {
        IsBroken = true;
        IsLooking = false;
        return new WriteFailedException(cause);
    }
}
