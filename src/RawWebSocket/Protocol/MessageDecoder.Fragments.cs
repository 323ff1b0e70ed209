using System.Net.WebSockets;

namespace RawWebSocket.Protocol;

/// <content>Frames to messages (RFC 6455 section 5.4): which frame may follow which, and how many.</content>
internal sealed partial class MessageDecoder
{
    private const int ForgivenFragment = 1024;

    // The rate of messages counts messages only. A fragment of a few bytes takes about as long as so many bytes of a long one, so it costs
    // as much.
    private const int LeastFragment = 64;

    private bool _inMessage;
    private Delivery _messageDelivery;
    private WebSocketMessageType _messageType;
    private long _messageLength;
    private long _messageLimit;
    private int _fragments;
    private long _shortFragments;

    /// <summary>Whether a message has begun and not ended.</summary>
    public bool IsInMessage => _inMessage;

    // Section 5.4: fragments of one message follow each other, and only control frames come between them.
    private ProtocolFault? CheckSequence(in FrameHeader header) => header.Opcode switch
    {
        Opcode.Continuation => _inMessage ? null : ProtocolFault.UnexpectedContinuation,
        Opcode.Text or Opcode.Binary => _inMessage ? ProtocolFault.MessageInterrupted : null,
        _ => null,
    };

    // False when the frame may not begin: its message has to be asked for first, or exceeds a limit, or a stream has no byte yet.
    private bool TryBeginFrame(in FrameHeader header, bool hasPayload, ref Incoming incoming)
    {
        if (!_inMessage)
        {
            if (Delivery == Delivery.Undecided)
            {
                AwaitsDecision = true;
                return false;
            }

            BeginMessage(header);
        }

        if (CheckLimits(header) is { } fault)
        {
            // Too long for somebody who takes it whole, but it may yet be asked for as a stream.
            AwaitsDecision = fault == ProtocolFault.MessageTooBig && _messageDelivery == Delivery.Ahead;
            incoming = AwaitsDecision ? default : Fail(fault);
            return false;
        }

        // A stream begins together with something to hand over, so that nobody can give up between the two.
        if (!_inMessage && !hasPayload && _messageDelivery == Delivery.Streamed)
        {
            return false;
        }

        _inMessage = true;
        _shortFragments += header.Opcode == Opcode.Continuation ? Math.Max(0, LeastFragment - header.Size - header.PayloadLength) : 0;
        _fragments++;
        _messageLength += _isCompressed ? 0 : header.PayloadLength;
        _compressedLength += _isCompressed ? header.PayloadLength : 0;
        _frame = header;
        _frameLeft = header.PayloadLength;
        _maskingKey = header.MaskingKey;
        _inFrame = true;
        BeginInPlace(header);
        return true;
    }

    private void BeginMessage(in FrameHeader header)
    {
        _messageType = MessageType(header.Opcode);
        _messageLength = 0;
        BeginCompressed(header.IsCompressed);
        _fragments = 0;
        _text = default;
        Decide();
    }

    // Of a stream, whose length nobody limits, fragments that carry something are forgiven.
    private bool TooManyFragments => _messageDelivery is Delivery.Streamed or Delivery.Discarded
        ? _fragments - (Math.Max(_messageLength, _compressedLength) / ForgivenFragment) >= _terms.MaxFragments
        : _fragments >= _terms.MaxFragments;

    private ProtocolFault? CheckLimits(in FrameHeader header)
    {
        if (TooManyFragments && Delivery != Delivery.Ignored)
        {
            return ProtocolFault.TooManyFragments;
        }

        var isTooBig = _isCompressed
            ? header.PayloadLength > MostCompressed - _compressedLength
            : header.PayloadLength > _messageLimit - _messageLength;
        return isTooBig ? ProtocolFault.MessageTooBig : null;
    }

    private static WebSocketMessageType MessageType(Opcode opcode) =>
        opcode == Opcode.Text ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
}
