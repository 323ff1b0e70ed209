using System.Buffers;

namespace RawWebSocket.Protocol;

/// <content>
/// A whole message of one frame is left where the transport puts it until
/// all of it is there, and unmasked as it arrives: nothing is copied.
/// </content>
internal sealed partial class MessageDecoder
{
    // Finding where to go on takes a step for each block that is there, at every read.
    private const long LongestInPlace = 1024 * 1024;

    private bool _isInPlace;

    /// <summary>How much of a message has been left at the front of the input, because it is not complete.</summary>
    public long LeftInPlace => _isInPlace ? _unmasked : 0;

    // Only for somebody who takes it whole, come what may: what is gathered can still become a stream.
    private void BeginInPlace(in FrameHeader header) =>
        _isInPlace = header.IsFinal && header.PayloadLength <= LongestInPlace && header.Opcode.BeginsMessage() && !_isCompressed
        && _messageDelivery == Delivery.Whole;

    private void LeaveInPlace()
    {
        _isInPlace = false;
        _unmasked = 0;
    }

    private bool ReadInPlace(in ReadOnlySequence<byte> part, ref ReadOnlySequence<byte> input, ref Incoming incoming)
    {
        var isComplete = part.Length == _frameLeft;
        if (!TryUnmask(part.Slice(_unmasked), isComplete))
        {
            input = input.Slice(part.End);
            incoming = Fail(ProtocolFault.TextNotUtf8);
            return true;
        }

        _unmasked = part.Length;
        if (!isComplete)
        {
            return false;
        }

        LeaveInPlace();
        Pass(part.Length);
        input = input.Slice(part.End);
        incoming = Incoming.Message(_messageType, part);
        return true;
    }
}
