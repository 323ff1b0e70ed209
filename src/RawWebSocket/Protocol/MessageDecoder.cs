using System.Buffers;
using System.Net.WebSockets;

namespace RawWebSocket.Protocol;

/// <summary>
/// Bytes to messages and control frames (RFC 6455 sections 5 and 6.2), without I/O: give it what has arrived, take what it finds.
/// Any split of the same bytes gives the same outcome.
/// </summary>
/// <remarks>Unmasks in place, so the bytes it has passed must not be given to it again. Not thread-safe.</remarks>
internal sealed partial class MessageDecoder(long maxWholeLength)
{
    private FrameHeader _frame;
    private long _frameLeft;
    private uint _maskingKey;
    private bool _inFrame;

    private bool _inMessage;
    private Delivery _messageDelivery;
    private WebSocketMessageType _messageType;
    private long _messageLength;
    private long _messageLimit;
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

    /// <summary>True when a message waits for <see cref="Delivery"/> to be decided; no more is read until then.</summary>
    public bool AwaitsDecision { get; private set; }

    /// <summary>
    /// Takes the next thing from the front of <paramref name="input"/> and moves the front past it. False when more bytes are needed,
    /// or when <see cref="AwaitsDecision"/>; the front may have moved all the same.
    /// </summary>
    public bool TryRead(ref ReadOnlySequence<byte> input, out Incoming incoming)
    {
        incoming = default;
        AwaitsDecision = false;
        if (Delivery == Delivery.Discarded)
        {
            DiscardMessage();
        }
        else if (_inMessage && _messageDelivery == Delivery.Ahead && MayDecide(input))
        {
            Decide();
            if (Delivery == Delivery.Streamed && HandOverGathered(ref incoming))
            {
                return true;
            }
        }

        while (!_faulted)
        {
            if (!_inFrame)
            {
                if (!TryReadHeader(input, out var header, out var fault))
                {
                    return false;
                }

                fault ??= CheckSequence(header);
                if (fault is not null)
                {
                    incoming = Fail(fault);
                    return true;
                }

                if (IsWholeIn(input, header))
                {
                    incoming = ReadWhole(ref input, header);
                    return true;
                }

                var hasPayload = input.Length > header.Size || header.PayloadLength == 0;
                if (header.Opcode.IsControl() || !TryBeginFrame(header, hasPayload, ref incoming))
                {
                    return incoming.Kind == IncomingKind.Fault;
                }

                input = input.Slice(header.Size);
            }

            if (_frameLeft > 0 && input.IsEmpty)
            {
                return false;
            }

            if (ReadPayload(ref input, ref incoming))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Gives back what a message that will never be finished has gathered.</summary>
    public void ReleaseGathered()
    {
        _gathered?.Release();
        _gathered = null;
    }

    private static bool TryReadHeader(in ReadOnlySequence<byte> input, out FrameHeader header, out ProtocolFault? fault)
    {
        if (input.IsSingleSegment || input.FirstSpan.Length >= FrameHeader.MaxReadSize)
        {
            return FrameHeader.TryRead(input.FirstSpan, out header, out fault);
        }

        Span<byte> bytes = stackalloc byte[(int)Math.Min(input.Length, FrameHeader.MaxReadSize)];
        input.Slice(0, bytes.Length).CopyTo(bytes);
        return FrameHeader.TryRead(bytes, out header, out fault);
    }

    // Section 5.4: fragments of one message follow each other, and only control frames come between them.
    private ProtocolFault? CheckSequence(in FrameHeader header) => header.Opcode switch
    {
        Opcode.Continuation => _inMessage ? null : ProtocolFault.UnexpectedContinuation,
        Opcode.Text or Opcode.Binary => _inMessage ? ProtocolFault.MessageInterrupted : null,
        _ => null,
    };

    // What can be handed over at once, where it lies: a control frame, or an unfragmented message for somebody who takes it whole.
    private bool IsWholeIn(in ReadOnlySequence<byte> input, in FrameHeader header)
    {
        if (header.PayloadLength > input.Length - header.Size)
        {
            return false;
        }

        return header.Opcode.IsControl()
            || (header.IsFinal && !_inMessage && header.PayloadLength <= maxWholeLength
                && Delivery is Delivery.Undecided or Delivery.Ahead or Delivery.Whole);
    }

    private Incoming ReadWhole(ref ReadOnlySequence<byte> input, in FrameHeader header)
    {
        var payload = input.Slice(header.Size, header.PayloadLength);
        input = input.Slice(payload.End);
        Masking.Apply(payload, header.MaskingKey);
        return header.Opcode switch
        {
            Opcode.Ping => Incoming.Ping(payload),
            Opcode.Pong => Incoming.Pong(payload),
            Opcode.Close => ReadClose(payload),
            Opcode.Text when !Utf8Validator.IsValid(payload) => Fail(ProtocolFault.TextNotUtf8),
            _ => Incoming.Message(MessageType(header.Opcode), payload),
        };
    }

    private Incoming ReadClose(in ReadOnlySequence<byte> payload)
    {
        Span<byte> bytes = stackalloc byte[FrameHeader.MaxControlPayload];
        payload.CopyTo(bytes);
        var fault = ClosePayload.Read(bytes[..(int)payload.Length], out var close);
        return fault is null ? Incoming.Closing(close) : Fail(fault);
    }

    // False when the frame may not begin: its message has to be asked for first, or it is too big, or a stream has no byte yet.
    private bool TryBeginFrame(in FrameHeader header, bool hasPayload, ref Incoming incoming)
    {
        if (!_inMessage && Delivery == Delivery.Undecided)
        {
            AwaitsDecision = true;
            return false;
        }

        if (!_inMessage)
        {
            _messageType = MessageType(header.Opcode);
            _messageLength = 0;
            _text = default;
            Decide();
        }

        if (header.PayloadLength > _messageLimit - _messageLength)
        {
            if (_messageDelivery == Delivery.Ahead)
            {
                AwaitsDecision = true;
            }
            else
            {
                incoming = Fail(ProtocolFault.MessageTooBig);
            }

            return false;
        }

        // A stream begins together with something to hand over, so that nobody can give up between the two.
        if (!_inMessage && !hasPayload && _messageDelivery == Delivery.Streamed)
        {
            return false;
        }

        _inMessage = true;
        _messageLength += header.PayloadLength;
        _frame = header;
        _frameLeft = header.PayloadLength;
        _maskingKey = header.MaskingKey;
        _inFrame = true;
        return true;
    }

    // True when this part of the payload gave something to hand over.
    private bool ReadPayload(ref ReadOnlySequence<byte> input, ref Incoming incoming)
    {
        var part = input.Slice(0, Math.Min(_frameLeft, input.Length));
        input = input.Slice(part.End);
        _frameLeft -= part.Length;
        _inFrame = _frameLeft > 0;
        var endsMessage = !_inFrame && _frame.IsFinal;
        _inMessage = !endsMessage;
        if (_messageDelivery == Delivery.Discarded)
        {
            return false;
        }

        _maskingKey = Masking.Apply(part, _maskingKey);

        // Section 8.1: a byte stream that is not UTF-8 fails the connection; here as soon as that byte has come.
        if (_messageType == WebSocketMessageType.Text && (!_text.TryAppend(part) || (endsMessage && !_text.IsComplete)))
        {
            incoming = Fail(ProtocolFault.TextNotUtf8);
            return true;
        }

        return _messageDelivery == Delivery.Streamed
            ? HandOverPiece(part, endsMessage, ref incoming)
            : Gather(part, endsMessage, ref incoming);
    }

    private Incoming Fail(ProtocolFault fault)
    {
        _faulted = true;
        ReleaseGathered();
        return Incoming.Failed(fault);
    }

    private static WebSocketMessageType MessageType(Opcode opcode) =>
        opcode == Opcode.Text ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
}
