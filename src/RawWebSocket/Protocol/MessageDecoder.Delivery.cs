using System.Buffers;

namespace RawWebSocket.Protocol;

/// <summary>How the next message is to be handed over.</summary>
internal enum Delivery : byte
{
    /// <summary>Nobody has asked yet: whole if it is all there and small enough, otherwise it waits for someone to ask.</summary>
    Undecided,

    /// <summary>
    /// Nobody has asked yet, but whole messages are wanted as a rule: whole, unless it proves too long or somebody asks for a stream first.
    /// </summary>
    Ahead,

    /// <summary>Whole, gathered over reads and fragments.</summary>
    Whole,

    /// <summary>As pieces, in the order and sizes in which they arrive.</summary>
    Streamed,

    /// <summary>Not at all, because nobody wants it. It may be of any length, but its end is told.</summary>
    Discarded,

    /// <summary>Not at all, because this side has closed: nothing of it counts, only the peer's close frame behind it.</summary>
    Ignored,
}

/// <content>How payloads are handed over, and when that is decided.</content>
internal sealed partial class MessageDecoder
{
    private bool HandOverPiece(in ReadOnlySequence<byte> part, bool endsMessage, ref Incoming incoming)
    {
        if (endsMessage)
        {
            Delivery = Delivery.Undecided;
        }
        else if (part.IsEmpty && _messageLength > 0)
        {
            return false;
        }

        // What has been handed over is not held, so a long stream may go on for as long as it goes on.
        Finished += part.IsEmpty ? 0 : 1;
        incoming = Incoming.Piece(_messageType, part, endsMessage);
        return true;
    }

    // The message was gathered until somebody asked for it as a stream: its beginning, if there is any.
    private Incoming HandOverGathered()
    {
        if (_messageLength > _messageLimit)
        {
            return Fail(ProtocolFault.MessageTooBig);
        }

        if (_gathered is null)
        {
            return default;
        }

        _streamBegun = true;
        var beginning = Incoming.Piece(_messageType, _gathered.AsSequence(), endsMessage: false, _gathered);
        _gathered = null;
        return beginning;
    }

    private bool Gather(in ReadOnlySequence<byte> part, bool endsMessage, ref Incoming incoming)
    {
        _gathered ??= new PooledPayload(_terms.Memory);
        _gathered.Append(part);
        if (!endsMessage)
        {
            return false;
        }

        incoming = Incoming.Message(_messageType, _gathered.AsSequence(), _gathered);
        _gathered = null;
        return true;
    }

    private bool Discard(bool endsMessage, ref Incoming incoming)
    {
        incoming = endsMessage && _messageDelivery == Delivery.Discarded ? Incoming.Discarded(_messageType) : default;
        return incoming.EndsMessage;
    }

    private void DiscardMessage()
    {
        Release();
        Decide();
    }

    private bool IsDiscarded => _messageDelivery is Delivery.Discarded or Delivery.Ignored;

    // Whether a message that is gathered ahead can be handed over as asked now. It becomes a stream together with something to hand over.
    private bool MayDecide(in ReadOnlySequence<byte> input) =>
        Delivery == Delivery.Whole || (Delivery == Delivery.Streamed && (_gathered is not null || !input.IsEmpty));

    private void Decide()
    {
        _messageDelivery = Delivery;
        _messageLimit = Delivery switch
        {
            Delivery.Ahead or Delivery.Whole => _terms.MaxWholeLength,
            Delivery.Streamed => MaxStreamedLength,
            _ => long.MaxValue,
        };
    }
}
