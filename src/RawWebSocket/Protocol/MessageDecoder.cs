using System.Buffers;
using System.Net.WebSockets;

namespace RawWebSocket.Protocol;

/// <summary>
/// Bytes to messages and control frames (RFC 6455 sections 5 and 6.2), without I/O: give it what has arrived, take what it finds.
/// Any split of the same bytes gives the same outcome.
/// </summary>
/// <remarks>Unmasks in place, so the bytes it has passed must not be given to it again. Not thread-safe.</remarks>
/// <param name="terms">What it works with.</param>
internal sealed partial class MessageDecoder(DecoderTerms terms)
{
    private DecoderTerms _terms = terms;
    private FrameHeader _frame;
    private long _frameLeft;
    private uint _maskingKey;
    private bool _inFrame;

    // Of the payload that is read next, so much has been unmasked already: it could not be inflated yet, or its message is not complete.
    private long _unmasked;

    private Utf8Validator _text;
    private PooledPayload? _gathered;
    private bool _faulted;

    /// <summary>How the next message is to be handed over; a message that has begun goes on as it began, unless discarded.</summary>
    public Delivery Delivery { get; set; }

    /// <summary>
    /// The longest message to stream, in bytes; set together with <see cref="Delivery.Streamed"/>, and kept for the message that begins
    /// with it.
    /// </summary>
    public long MaxStreamedLength { get; set; } = long.MaxValue;

    /// <summary>
    /// How many things have been finished: messages, and control frames between them. One inside of a message does not count, since it
    /// does not bring the message any further.
    /// </summary>
    public long Finished { get; private set; }

    /// <summary>True when a message waits for <see cref="Delivery"/> to be decided; no more is read until then.</summary>
    public bool AwaitsDecision { get; private set; }

    /// <summary>
    /// Takes the next thing from the front of <paramref name="input"/> and moves the front past it. Nothing when more bytes are needed,
    /// or when <see cref="AwaitsDecision"/>; the front may have moved all the same.
    /// </summary>
    public Incoming Read(ref ReadOnlySequence<byte> input)
    {
        AwaitsDecision = false;
        HasLeftOff = false;
        _workBefore = Work;
        if (Delivery is Delivery.Discarded or Delivery.Ignored)
        {
            DiscardMessage();
        }
        else if (_inMessage && _messageDelivery == Delivery.Ahead && MayDecide(input))
        {
            Decide();
            if (Delivery == Delivery.Streamed && HandOverGathered() is { IsNothing: false } beginning)
            {
                return beginning;
            }
        }

        while (!_faulted)
        {
            Incoming incoming = default;
            if (!_inFrame)
            {
                var first = input.FirstSpan;
                if (!TryReadHeader(input, first, out var header, out var fault))
                {
                    return default;
                }

                fault ??= CheckSequence(header);
                if (fault is not null)
                {
                    return Fail(fault);
                }

                if (IsWholeIn(input, header))
                {
                    return ReadWhole(ref input, first, header);
                }

                var hasPayload = input.Length > header.Size || header.PayloadLength == 0;
                if (header.Opcode.IsControl() || !TryBeginFrame(header, hasPayload, ref incoming))
                {
                    return incoming;
                }

                input = input.Slice(header.Size);
            }

            if (_frameLeft > 0 && input.Length == LeftInPlace && !_moreToInflate)
            {
                return default;
            }

            if (ReadPayload(ref input, ref incoming))
            {
                return incoming;
            }

            HasLeftOff |= HasWorkedEnough(_workBefore) && !input.IsEmpty;
            if (AwaitsDecision || HasLeftOff)
            {
                return default;
            }
        }

        return default;
    }

    // What a message that will never be finished has gathered.
    private void ReleaseGathered()
    {
        _gathered?.Release();
        _gathered = null;
    }

    /// <summary>Begins for a connection, perhaps after another.</summary>
    /// <param name="terms">The connection's.</param>
    /// <param name="finished">What <see cref="Finished"/> counts on from.</param>
    public void Serve(in DecoderTerms terms, long finished)
    {
        _terms = terms;
        Finished = finished;
        Delivery = Delivery.Undecided;
        MaxStreamedLength = long.MaxValue;
        AwaitsDecision = false;
        _faulted = false;
        _inMessage = false;
        _inFrame = false;
        _inflated = 0;
        _shortFragments = 0;
    }

    /// <summary>Lets a connection go, with which nothing is under way.</summary>
    public void Leave() => _terms = default;

    /// <summary>Gives back all that it holds; nothing is read any more.</summary>
    public void Release()
    {
        ReleaseGathered();
        StopInflating();
        LeaveInPlace();
    }

    private bool TryReadHeader(
        in ReadOnlySequence<byte> input, ReadOnlySpan<byte> first, out FrameHeader header, out ProtocolFault? fault)
    {
        if (first.Length >= FrameHeader.MaxReadSize || input.IsSingleSegment)
        {
            return FrameHeader.TryRead(first, out header, out fault, _terms.Inflater is not null);
        }

        Span<byte> bytes = stackalloc byte[(int)Math.Min(input.Length, FrameHeader.MaxReadSize)];
        input.Slice(0, bytes.Length).CopyTo(bytes);
        return FrameHeader.TryRead(bytes, out header, out fault, _terms.Inflater is not null);
    }

    // What can be handed over at once, where it lies: a control frame, or an unfragmented message for somebody who takes it whole.
    private bool IsWholeIn(in ReadOnlySequence<byte> input, in FrameHeader header)
    {
        if (header.PayloadLength > input.Length - header.Size)
        {
            return false;
        }

        return header.Opcode.IsControl()
            || (header.IsFinal && !header.IsCompressed && !_inMessage && header.PayloadLength <= _terms.MaxWholeLength
                && Delivery is Delivery.Undecided or Delivery.Ahead or Delivery.Whole);
    }

    private Incoming ReadWhole(ref ReadOnlySequence<byte> input, ReadOnlySpan<byte> first, in FrameHeader header)
    {
        var payload = input.Slice(header.Size, header.PayloadLength);
        input = input.Slice(payload.End);
        Finished += _inMessage ? 0 : 1;
        var isValid = header.Size + header.PayloadLength <= first.Length
            ? TryUnmaskWhole(first.Slice(header.Size, (int)header.PayloadLength), header)
            : TryUnmaskWhole(payload, header);
        return header.Opcode switch
        {
            Opcode.Ping => Incoming.Ping(payload),
            Opcode.Pong => Incoming.Pong(payload),
            Opcode.Close => ReadClose(payload),
            _ => isValid ? Incoming.Message(MessageType(header.Opcode), payload) : Fail(ProtocolFault.TextNotUtf8),
        };
    }

    // Nearly every short frame lies in one span, which has been found already.
    private static bool TryUnmaskWhole(ReadOnlySpan<byte> payload, in FrameHeader header)
    {
        Masking.Apply(payload, header.MaskingKey);
        return header.Opcode != Opcode.Text || Utf8Validator.IsValid(payload);
    }

    private static bool TryUnmaskWhole(in ReadOnlySequence<byte> payload, in FrameHeader header)
    {
        Masking.Apply(payload, header.MaskingKey);
        return header.Opcode != Opcode.Text || Utf8Validator.IsValid(payload);
    }

    private Incoming ReadClose(in ReadOnlySequence<byte> payload)
    {
        Span<byte> bytes = stackalloc byte[FrameHeader.MaxControlPayload];
        payload.CopyTo(bytes);
        var fault = ClosePayload.Read(bytes[..(int)payload.Length], out var close);
        return fault is null ? Incoming.Closing(close) : Fail(fault);
    }

    // True when this part of the payload gave something to hand over.
    private bool ReadPayload(ref ReadOnlySequence<byte> input, ref Incoming incoming)
    {
        var part = input.Slice(0, Math.Min(_frameLeft, input.Length));
        if (_isCompressed && !IsDiscarded)
        {
            return ReadCompressed(part, ref input, ref incoming);
        }

        if (_isInPlace)
        {
            return ReadInPlace(part, ref input, ref incoming);
        }

        input = input.Slice(part.End);
        var endsMessage = Pass(part.Length);
        if (IsDiscarded)
        {
            return Discard(endsMessage, ref incoming);
        }

        if (!TryUnmask(part, endsMessage))
        {
            incoming = Fail(ProtocolFault.TextNotUtf8);
            return true;
        }

        return _messageDelivery == Delivery.Streamed
            ? HandOverPiece(part, endsMessage, ref incoming)
            : Gather(part, endsMessage, ref incoming);
    }

    // Section 8.1: a byte stream that is not UTF-8 fails the connection; here as soon as that byte has come.
    private bool TryUnmask(in ReadOnlySequence<byte> part, bool endsMessage)
    {
        _maskingKey = Masking.Apply(part, _maskingKey);
        return _messageType != WebSocketMessageType.Text || (_text.TryAppend(part) && (!endsMessage || _text.IsComplete));
    }

    // So much of the frame has been dealt with. True when that ends the message.
    private bool Pass(long length)
    {
        _frameLeft -= length;
        _inFrame = _frameLeft > 0 || _moreToInflate;
        var endsMessage = !_inFrame && _frame.IsFinal;
        _inMessage = !endsMessage;
        Finished += endsMessage ? 1 : 0;
        return endsMessage;
    }

    private Incoming Fail(ProtocolFault fault)
    {
        _faulted = true;
        Release();
        return Incoming.Failed(fault);
    }
}
