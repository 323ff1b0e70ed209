using System.Buffers;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <summary>
/// Lets the decoder read messages as the application wants them. The one place where a stream is promised, and where the promise is
/// taken back when no message began with it.
/// </summary>
internal sealed class MessageIntake(MessageDecoder decoder, ReceiveQueue received, SendQueue sends)
{
    /// <summary>Whether the message that begins waits until somebody says how it is wanted.</summary>
    public bool AwaitsDecision => decoder.AwaitsDecision;

    /// <summary>Takes the next thing from the front of what is unread; false when more bytes, or a decision, are needed.</summary>
    public bool TryRead(ref ReadOnlySequence<byte> unread, out Incoming incoming)
    {
        // A message that cannot go on ahead of the application's wish is read again at once, because the wish may be there already.
        var asked = decoder.AwaitsDecision;
        return TryRead(asked, ref unread, out incoming)
            || (decoder.AwaitsDecision && !asked && TryRead(asked: true, ref unread, out incoming));
    }

    /// <summary>How much of a message has been left where it lies, because it is not complete.</summary>
    public long LeftInPlace => decoder.LeftInPlace;

    /// <summary>Whether there is more to come without another byte from the peer.</summary>
    public bool HasMore => decoder.HasMore;

    /// <summary>By how many bytes compressed messages have grown so far.</summary>
    public long Inflated => decoder.Inflated;

    /// <summary>
    /// Tells what has begun and is not finished, a message or a frame, from all that came before and will come after it; 0 when nothing
    /// has begun.
    /// </summary>
    /// <param name="unreadBytes">What has arrived and could not be read.</param>
    public long Unfinished(long unreadBytes) => decoder.IsInMessage || unreadBytes > 0 ? decoder.Finished + 1 : 0;

    private bool TryRead(bool asked, ref ReadOnlySequence<byte> unread, out Incoming incoming)
    {
        var streamLimit = long.MaxValue;
        decoder.Delivery = sends.HasClose ? Delivery.Ignored : received.DecideDelivery(asked, out streamLimit);
        decoder.MaxStreamedLength = streamLimit;
        var promisesStream = decoder.Delivery == Delivery.Streamed;
        var read = decoder.TryRead(ref unread, out incoming);
        if (promisesStream && incoming.Kind != IncomingKind.Piece)
        {
            received.WithdrawStream();
        }

        return read;
    }
}
