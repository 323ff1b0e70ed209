using System.Buffers;
using System.Net.WebSockets;

namespace RawWebSocket.Protocol;

/// <content>
/// Compressed messages (RFC 7692 section 7.2.2): inflated as they arrive, step by step, so that what a peer claims or hides in few bytes is
/// counted as it appears and never held beyond a limit.
/// </content>
internal sealed partial class MessageDecoder
{
    // So much is inflated at once of a message that is streamed.
    private const long LongestPiece = 64 * 1024;

    // What inflates to nothing is limited too: a message of the limit may need some more bytes than it has, but not this and a sixteenth.
    private const long CompressionOverhead = 1024;

    // How much a message has grown is looked at in steps, wherever its bytes were cut.
    private const long RatioStep = 64 * 1024;

    // Text usually grows to three or four times what has come. Room for that at once saves zlib another call; where it was too much it
    // is not much.
    private const int UsualGrowth = 3;
    private const int MostGrowth = 4096;

    // So much besides what comes out may be done at once; then what has been done is paid for first.
    private const long MostWork = 256 * 1024;

    // And this much is given to the inflater before that is asked.
    private const int MostTaken = 16 * 1024;

    private long _workBefore;
    private bool _isCompressed;
    private long _inflated;
    private bool _streamBegun;
    private long _compressedLength;
    private long _taken;

    // There is more to come of what has been read.
    private bool _moreToInflate;

    // All of the message has been read, and what is left is to come out.
    private bool _atEnd;

    /// <summary>
    /// What messages have cost so far beyond their bytes, as if so many more bytes had come: by how much they have grown, what inflating
    /// them took, and how short their fragments were.
    /// </summary>
    public long Surcharge => _inflated + _shortFragments + Work;

    /// <summary>What inflating has cost so far besides what came out, as if so many more bytes had come.</summary>
    public long Work => _terms.Inflater?.Work ?? 0;

    /// <summary>Whether the last read left off because it had cost enough, though what it was given has more.</summary>
    public bool HasLeftOff { get; private set; }

    /// <summary>Whether so much has been done that it is to be paid for before anything more.</summary>
    /// <param name="before">What <see cref="Work"/> was when it was paid for.</param>
    public bool HasWorkedEnough(long before) => Work - before >= MostWork;

    /// <summary>Whether there is more to come without another byte from the peer.</summary>
    public bool HasMore => _moreToInflate;

    private long MostCompressed =>
        _messageLimit > long.MaxValue / 2 ? long.MaxValue : _messageLimit + (_messageLimit / 16) + CompressionOverhead;

    private void BeginCompressed(bool isCompressed)
    {
        _isCompressed = isCompressed;
        _streamBegun = false;
        _atEnd = false;
        _compressedLength = 0;
        _taken = 0;
    }

    private void StopInflating()
    {
        _unmasked = 0;
        _moreToInflate = false;
        _atEnd = false;
        _terms.Inflater?.Stop();
    }

    // True when there is something to hand over.
    private bool ReadCompressed(in ReadOnlySequence<byte> part, ref ReadOnlySequence<byte> input, ref Incoming incoming)
    {
        _maskingKey = Masking.Apply(part.Slice(_unmasked), _maskingKey);
        var payload = _gathered ??= new PooledPayload(_terms.Memory);
        var before = payload.Length;
        var fault = Inflate(part, payload, out var consumed);
        _unmasked = part.Length - consumed;
        input = input.Slice(consumed);
        _inflated += Math.Max(0, payload.Length - before - consumed);
        var endsMessage = Pass(consumed);
        if (fault is null && endsMessage && _messageType == WebSocketMessageType.Text && !_text.IsComplete)
        {
            fault = ProtocolFault.TextNotUtf8;
        }

        fault ??= _messageLength > _messageLimit && _messageDelivery != Delivery.Ahead ? ProtocolFault.MessageTooBig : null;
        if (fault is not null)
        {
            incoming = Fail(fault);
            return true;
        }

        if (_messageLength > _messageLimit)
        {
            // As for one whose header says so: it may yet be asked for as a stream.
            AwaitsDecision = true;
            return false;
        }

        return _messageDelivery == Delivery.Streamed
            ? HandOverInflated(endsMessage, ref incoming)
            : HandOverWhole(endsMessage, ref incoming);
    }

    // As far as there is room for it; one byte beyond the limit, to see that it is exceeded.
    private ProtocolFault? Inflate(in ReadOnlySequence<byte> part, PooledPayload payload, out long consumed)
    {
        var left = _messageLimit - _messageLength;
        var room = Math.Min(
            _messageDelivery == Delivery.Streamed ? LongestPiece - payload.Length : long.MaxValue, left == long.MaxValue ? left : left + 1);
        consumed = 0;
        if (!_atEnd)
        {
            var rest = part;
            do
            {
                var piece = rest.FirstSpan;
                piece = piece[..Math.Min(piece.Length, MostTaken)];
                var fault = Inflate(piece, payload, ref room, out var count);
                consumed += count;
                rest = rest.Slice(count);
                if (fault is not null || _moreToInflate)
                {
                    return fault;
                }

                HasLeftOff = !rest.IsEmpty && HasWorkedEnough(_workBefore);
            }
            while (!rest.IsEmpty && !HasLeftOff);
        }

        _atEnd = consumed == _frameLeft && _frame.IsFinal;
        return _atEnd ? EndMessage(payload, ref room) : null;
    }

    private ProtocolFault? Inflate(ReadOnlySpan<byte> bytes, PooledPayload payload, ref long room, out int consumed)
    {
        consumed = 0;
        _moreToInflate = true;
        while (room > 0)
        {
            var left = bytes.Length - consumed;
            var output = Room(payload, room, (int)Math.Min(left + Math.Min(UsualGrowth * (long)left, MostGrowth), LongestPiece));
            var status = _terms.Inflater!.Inflate(bytes[consumed..], output, out var count, out var written);
            consumed += count;
            _taken += count;
            if (Took(status, output[..written], payload, ref room) is { } fault)
            {
                return fault;
            }

            if (!_moreToInflate)
            {
                break;
            }
        }

        return null;
    }

    private ProtocolFault? EndMessage(PooledPayload payload, ref long room)
    {
        _moreToInflate = true;
        while (room > 0 && _moreToInflate)
        {
            var output = Room(payload, room, wanted: 0);
            var status = _terms.Inflater!.End(output, out var written);
            if (Took(status, output[..written], payload, ref room) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private Span<byte> Room(PooledPayload payload, long most, int wanted)
    {
        var room = payload.Room(wanted);
        return room[..(int)Math.Min(Math.Min(most, room.Length), RatioStep - (_messageLength % RatioStep))];
    }

    // What has been inflated, checked. That there was just room for it may mean that there is more.
    private ProtocolFault? Took(InflateStatus status, ReadOnlySpan<byte> inflated, PooledPayload payload, ref long room)
    {
        payload.Advance(inflated.Length);
        room -= inflated.Length;
        _messageLength += inflated.Length;
        _moreToInflate = status == InflateStatus.OutputFull || room == 0;
        return status == InflateStatus.Garbage ? ProtocolFault.NotDeflated
            : _messageType == WebSocketMessageType.Text && !_text.TryAppend(inflated) ? ProtocolFault.TextNotUtf8
            : _messageLength % RatioStep == 0 && _terms.Inflater!.IsRatioTooHigh(_taken, _messageLength) ? ProtocolFault.RatioTooHigh
            : null;
    }

    // A stream begins with whatever there is, so that nobody can give up between the two; afterwards only what holds something is a piece.
    private bool HandOverInflated(bool endsMessage, ref Incoming incoming)
    {
        if (!endsMessage && _streamBegun && _gathered!.Length == 0)
        {
            return false;
        }

        _streamBegun = true;
        Delivery = endsMessage ? Delivery.Undecided : Delivery;
        Finished += _gathered!.Length > 0 ? 1 : 0;
        incoming = Incoming.Piece(_messageType, _gathered.AsSequence(), endsMessage, _gathered);
        _gathered = null;
        return true;
    }

    private bool HandOverWhole(bool endsMessage, ref Incoming incoming)
    {
        if (!endsMessage)
        {
            return false;
        }

        incoming = Incoming.Message(_messageType, _gathered!.AsSequence(), _gathered);
        _gathered = null;
        return true;
    }
}
