using System.Buffers;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Sending;

/// <summary>
/// A message longer than <see cref="MessageWriter.Chunk"/>: written a portion at a time, so that a slow peer holds back its sender and not
/// this process's memory. As one frame, or, if it is compressed, in fragments, because nobody knows then how long it will be.
/// </summary>
/// <param name="pending">What was sent or posted.</param>
/// <param name="isCompressed">Whether it may be compressed.</param>
internal sealed class LongMessage(Pending pending, bool isCompressed)
{
    private readonly EncodedFrame? _frame = (pending as PendingPost)?.Frame;
    private ReadOnlySequence<byte> _rest = RestOf(pending, isCompressed);
    private Opcode _opcode = OpcodeOf(pending);
    private bool _hasBegun;

    public Pending Pending => pending;

    /// <summary>Whether control frames may pass between its portions (RFC 6455 section 5.4).</summary>
    public bool IsInFragments => isCompressed;

    /// <summary>How many bytes are yet to be written, the header included; of a compressed one, before they are compressed.</summary>
    public long Rest { get; private set; } = pending.Size;

    /// <summary>Writes the next portion; true when that was the last.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="most">When so much has been written in all, the portion ends.</param>
    /// <exception cref="WriteFailedException">The output threw.</exception>
    public bool WriteNext(ref MessageWriter writer, int most) =>
        isCompressed ? WriteFragment(ref writer) : WriteFrame(ref writer, most);

    // One at a time, because compressing takes long, and the queue's lock is left in between.
    private bool WriteFragment(ref MessageWriter writer)
    {
        var fragment = _rest.Slice(0, Math.Min(MessageWriter.Chunk, _rest.Length));
        _rest = _rest.Slice(fragment.Length);
        writer.WriteFragment(_opcode, isFinal: _rest.IsEmpty, fragment, MessageCompression.AsAgreed);
        _opcode = Opcode.Continuation;
        Rest = _rest.IsEmpty ? 0 : Rest - fragment.Length;
        return _rest.IsEmpty;
    }

    private bool WriteFrame(ref MessageWriter writer, int most)
    {
        ref var frames = ref writer.Frames;
        if (!_hasBegun)
        {
            _hasBegun = true;
            Rest -= _frame is null ? frames.WriteHeader(_opcode, isFinal: true, _rest.Length) : 0;
        }

        while (!_rest.IsEmpty && frames.Unflushed < most)
        {
            var next = _rest.Start;
            _rest.TryGet(ref next, out var part);
            if (part.IsEmpty)
            {
                // Cutting nothing off would leave it where it is.
                _rest = _rest.Slice(next);
                continue;
            }

            part = part[..Math.Min(part.Length, most - frames.Unflushed)];
            frames.Write(part);
            _rest = _rest.Slice(part.Length);
            Rest -= part.Length;
        }

        if (!_rest.IsEmpty)
        {
            return false;
        }

        if (_frame is null)
        {
            writer.EndMessage();
        }
        else
        {
            writer.EndEncoded(_frame);
        }

        return true;
    }

    private static Opcode OpcodeOf(Pending pending) =>
        pending is PendingPost post ? post.Frame.Opcode : ((PendingSend)pending).Opcode;

    // A post has its header already, unless it is to be compressed.
    private static ReadOnlySequence<byte> RestOf(Pending pending, bool isCompressed) =>
        pending is PendingPost post
            ? new ReadOnlySequence<byte>(isCompressed ? post.Frame.Payload : post.Frame.Bytes)
            : ((PendingSend)pending).Payload;
}
