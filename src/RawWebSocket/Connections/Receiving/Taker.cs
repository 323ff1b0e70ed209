using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Receiving;

/// <summary>Whoever takes what comes: whether it waits, what for, and what has been promised to it.</summary>
/// <remarks>Changed under the queue's lock. Whether it waits, and whether it takes messages whole, the loop's thread also asks without.</remarks>
internal struct Taker
{
    private MessageWait? _wait;
    private Delivery _wants;
    private bool _waits;
    private bool _hasStream;

    public readonly bool Waits => Volatile.Read(in _waits);

    /// <summary>Whether it has last asked for a whole message.</summary>
    public bool TakesWhole { get; private set; }

    /// <summary>Notes what is asked for next.</summary>
    public void Ask(Delivery wanted)
    {
        _wants = wanted;
        TakesWhole = wanted == Delivery.Whole;
    }

    /// <summary>Lets it wait for what it has asked for.</summary>
    public void Begin()
    {
        _hasStream = false;
        Volatile.Write(ref _waits, true);
    }

    /// <summary>The same for one that is woken by a task.</summary>
    public ValueTask<bool> BeginTask(ReceiveQueue queue, long streamLimit, CancellationToken cancellationToken)
    {
        Begin();
        return (_wait ??= new MessageWait(queue)).Begin(streamLimit, cancellationToken);
    }

    public void End()
    {
        _waits = false;
        _wait?.End();
    }

    /// <summary>Lets it go on, on this thread. Outside of the lock.</summary>
    public readonly void Continue(bool any) => _wait!.SetResult(any);

    /// <summary>How a message that begins now is handed over to it.</summary>
    /// <param name="isNext">Whether nothing waits before that message.</param>
    /// <param name="streamLimit">The longest message to stream.</param>
    public Delivery Decide(bool isNext, ref long streamLimit)
    {
        if (_waits && isNext && _wants == Delivery.Streamed)
        {
            streamLimit = _wait!.StreamLimit;
            _hasStream = true;
            return Delivery.Streamed;
        }

        return !TakesWhole ? Delivery.Undecided : _waits && isNext ? Delivery.Whole : Delivery.Ahead;
    }

    /// <summary>Takes the promise of a stream back; gives the token that has been cancelled meanwhile, if it has.</summary>
    public CancellationToken Withdraw()
    {
        _hasStream = false;
        return _wait?.Token ?? default;
    }

    /// <summary>Ends the wait that a token stops. False when it has ended, or a message has begun for this taker: it gets that.</summary>
    public bool TryCancel(CancellationToken cancellationToken)
    {
        if (!_waits || _wait!.Token != cancellationToken || _hasStream)
        {
            return false;
        }

        End();
        return true;
    }

    /// <summary>Tells it that its wait was cancelled. Outside of the lock.</summary>
    public readonly void SetCancelled(CancellationToken cancellationToken) => _wait!.SetCancelled(cancellationToken);
}
