using System.Buffers;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Receiving;

/// <summary>
/// Lets the decoder read messages as the application wants them. The one place where a stream is promised, and where the promise is
/// taken back when no message began with it.
/// </summary>
/// <remarks>
/// Between two messages it holds nothing of its connection, so a connection that waits for the next has none:
/// each thread keeps some of those that were given back for whoever comes next. What the receive loop has to
/// know of its buffer from one read to the next is here too, because it is nothing where there is no intake.
/// </remarks>
internal sealed class MessageIntake
{
    // As many as a thread may need that reads one connection after the other while their messages come in parts.
    private const int MostSpare = 32;

    // The one given back last; it knows the one before.
    [ThreadStatic]
    private static MessageIntake? _spare;

    private readonly MessageDecoder _decoder = new(default);
    private ReceiveQueue? _received;
    private SendQueue? _sends;
    private long _surcharge;
    private long _work;
    private MessageIntake? _nextSpare;
    private int _spareDepth;

    private MessageIntake()
    {
    }

    /// <summary>Whether the message that begins waits until somebody says how it is wanted.</summary>
    public bool AwaitsDecision => _decoder.AwaitsDecision;

    /// <summary>Whether a message has begun and not ended.</summary>
    public bool IsInMessage => _decoder.IsInMessage;

    /// <summary>How many things its connection has finished: messages, and control frames between them.</summary>
    public long Finished => _decoder.Finished;

    /// <summary>Whether there is more to come without another byte from the peer.</summary>
    public bool HasMore => _decoder.HasMore;

    /// <summary>Whether what has come has cost so much that it is to be paid for before anything more is looked at.</summary>
    public bool HasWorkedEnough => _decoder.HasWorkedEnough(_work);

    /// <summary>How much of the next read's buffer has been passed already, but is still looked at.</summary>
    public long Passed { get; set; }

    /// <summary>How much of the next read's buffer has been there before; while a read is dealt with, how much it has.</summary>
    public long Known { get; set; }

    /// <summary>How much of it the transport has been told was looked at.</summary>
    public long Examined { get; set; }

    /// <summary>How many messages have ended since they were last taken.</summary>
    public int Messages { get; private set; }

    /// <summary>How many bytes there were in messages since then.</summary>
    public long MessageBytes { get; private set; }

    /// <summary>One for a connection, until it is <see cref="GiveBack">given back</see>.</summary>
    /// <param name="received">Where its messages go.</param>
    /// <param name="sends">Its sends.</param>
    /// <param name="terms">What its decoder works with.</param>
    /// <param name="finished">How many things its connection has finished.</param>
    public static MessageIntake Rent(ReceiveQueue received, SendQueue sends, in DecoderTerms terms, long finished)
    {
        var intake = _spare ?? new MessageIntake();
        _spare = intake._nextSpare;
        intake._nextSpare = null;
        intake._received = received;
        intake._sends = sends;
        intake._decoder.Serve(terms, finished);
        intake._surcharge = intake._decoder.Surcharge;
        intake._work = intake._decoder.Work;
        return intake;
    }

    /// <summary>Says that its connection does not need it any more; no message is under way.</summary>
    public void GiveBack()
    {
        _received = null;
        _sends = null;
        _decoder.Leave();
        Passed = Known = Examined = 0;
        TakeMessages();
        KeepSpare();
    }

    /// <summary>Counts what has been read of messages.</summary>
    public void Count(in Incoming incoming)
    {
        Messages += incoming.EndsMessage ? 1 : 0;
        MessageBytes += incoming.Payload.Length;
    }

    /// <summary>How many messages have ended; counts anew.</summary>
    public int TakeMessages()
    {
        var messages = Messages;
        Messages = 0;
        MessageBytes = 0;
        return messages;
    }

    /// <summary>What has been read cost beyond its bytes, as if so many more had come; counts anew.</summary>
    public long TakeSurcharge()
    {
        var more = _decoder.Surcharge - _surcharge;
        _surcharge += more;
        _work = _decoder.Work;
        return more;
    }

    /// <summary>Lets go of what a message that will never be finished has gathered; nothing is read any more.</summary>
    public void Release() => _decoder.Release();

    /// <summary>Takes the next thing from the front of what is unread; false when more bytes, or a decision, are needed.</summary>
    public bool TryRead(ref ReadOnlySequence<byte> unread, out Incoming incoming)
    {
        // A message that cannot go on ahead of the application's wish is read again at once, because the wish may be there already.
        var asked = _decoder.AwaitsDecision;
        incoming = Read(asked, ref unread);
        if (incoming.IsNothing && _decoder.AwaitsDecision && !asked)
        {
            incoming = Read(asked: true, ref unread);
        }

        return !incoming.IsNothing;
    }

    /// <summary>How much of a message has been left where it lies, because it is not complete.</summary>
    public long LeftInPlace => _decoder.LeftInPlace;

    private void KeepSpare()
    {
        var depth = (_spare?._spareDepth ?? 0) + 1;
        if (depth <= MostSpare)
        {
            _spareDepth = depth;
            _nextSpare = _spare;
            _spare = this;
        }
    }

    private Incoming Read(bool asked, ref ReadOnlySequence<byte> unread)
    {
        var streamLimit = long.MaxValue;
        _decoder.Delivery = _sends!.Controls.HasClose ? Delivery.Ignored : _received!.DecideDelivery(asked, out streamLimit);
        _decoder.MaxStreamedLength = streamLimit;
        var promisesStream = _decoder.Delivery == Delivery.Streamed;
        var incoming = _decoder.Read(ref unread);
        if (promisesStream && incoming.Kind != IncomingKind.Piece)
        {
            _received!.WithdrawStream();
        }

        return incoming;
    }
}
