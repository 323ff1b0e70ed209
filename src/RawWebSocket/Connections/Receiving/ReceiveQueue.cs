using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Receiving;

/// <summary>
/// Between the receive loop, which adds, and the application, which takes. The application runs on the loop's own thread when it is
/// waiting, so a handler that finishes at once costs no thread switch; while it is busy, what comes waits here.
/// </summary>
/// <remarks>
/// <para>
/// Payloads are not copied: they lie where the transport put them until the application has taken the next one. One adder, one taker. Every
/// connection has one, so it is its own lock.
/// </para>
/// <para>
/// The short way is past the queue: a message goes straight to a handler that waits for one. A handler that finishes it at once goes on waiting
/// and has never been woken; one that does not is resumed, to wait for what it has begun.
/// </para>
/// </remarks>
/// <param name="handler">Given every message, and busy whenever it does not wait; null for a delegate, which may never ask for one.</param>
internal sealed class ReceiveQueue(IMessageHandler? handler = null)
{
    // What it takes of this process's memory, as the budget sees it: the queue grows by doubling.
    private const int EntryMemory = 128;

    private Signal _changed;
    private HandlerSeat _seat = new(handler);
    private Taker _taker;

    // Made when something is kept for the application.
    private ReceiveBacklog? _backlog;
    private bool _skipsMessage;
    private bool _finished;
    private volatile bool _isCompleted;
    private volatile bool _isDropped;

    /// <summary>How many bytes wait to be taken.</summary>
    public long WaitingBytes => _backlog?.WaitingBytes ?? 0;

    /// <summary>What the queue itself takes for what waits, roughly.</summary>
    public long WaitingOverhead => (long)WaitingCount * EntryMemory;

    /// <summary>Whether memory is kept for the application: the transport's buffer, or what waits.</summary>
    public bool KeepsMemory => HoldsInput || WaitingOverhead > 0;

    /// <summary>How many bytes of the transport's buffer are still in use, waiting or being looked at.</summary>
    public long InPlaceBytes => _backlog?.InPlaceBytes ?? 0;

    /// <summary>Whether the transport's buffer must be kept.</summary>
    public bool HoldsInput => InPlaceBytes > 0;

    /// <summary>Whether the application has said that it wants nothing more.</summary>
    public bool IsDiscarded { get; private set; }

    /// <summary>How many entries there is room for.</summary>
    public int Capacity => _backlog?.Capacity ?? 0;

    /// <summary>
    /// Whether all that came has been taken and dealt with: the taker waits for more, is gone, or has never taken anything.
    /// </summary>
    public bool IsDrained
    {
        get
        {
            lock (this)
            {
                return _finished || (WaitingCount == 0 && (_taker.Waits || (!_seat.IsTaken && _backlog is not { HasCurrent: true })));
            }
        }
    }

    private int WaitingCount => _backlog?.Count ?? 0;

    /// <summary>How the decoder should hand over a message that begins now, or has begun without anyone asking for it.</summary>
    /// <param name="asked">Whether it matters what the taker asks for: the message cannot be handed over ahead of that.</param>
    /// <param name="streamLimit">The longest message to stream.</param>
    public Delivery DecideDelivery(bool asked, out long streamLimit)
    {
        streamLimit = long.MaxValue;
        if (_seat.IsTaken && !_finished)
        {
            return Delivery.Whole;
        }

        if (_taker.TakesWhole && !asked && !_finished)
        {
            return Delivery.Ahead;
        }

        lock (this)
        {
            // What waits already is what the taker gets; nobody has asked for what comes after it.
            return _finished ? Delivery.Discarded : _taker.Decide(isNext: WaitingCount == 0, ref streamLimit);
        }
    }

    /// <summary>
    /// Adds a message or a piece. A handler that waits is given it at once; any other taker is not woken before <see cref="Wake"/>.
    /// </summary>
    public void Add(in Incoming incoming)
    {
        if (MayGive(incoming))
        {
            Give(incoming);
            return;
        }

        lock (this)
        {
            if (_finished || _skipsMessage || _isDropped)
            {
                _skipsMessage &= !incoming.EndsMessage;
                incoming.Owned?.Release();
                return;
            }

            (_backlog ??= new()).Add(incoming);
        }
    }

    /// <summary>Runs the application on this thread, until it waits for more or does something else first.</summary>
    public void Wake()
    {
        bool any;
        lock (this)
        {
            any = WaitingCount > 0;
            if (!_taker.Waits || !(any || _isCompleted))
            {
                return;
            }

            _taker.End();
        }

        Continue(any);
    }

    /// <summary>Takes the next thing, letting the one before go.</summary>
    public bool TryTake(out Incoming incoming)
    {
        lock (this)
        {
            _backlog?.ReleaseCurrent();
            if (_backlog is null || !_backlog.TryTake(out incoming))
            {
                incoming = default;
                return false;
            }
        }

        SignalChange();
        return true;
    }

    /// <summary>Waits until something can be taken, letting the one before go; false when nothing more will come.</summary>
    /// <param name="wanted">The next message whole, or as a stream; undecided for the next piece of one that has begun.</param>
    /// <param name="streamLimit">The longest message to stream.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public ValueTask<bool> WaitAsync(Delivery wanted, long streamLimit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ValueTask<bool> wait;
        lock (this)
        {
            ThrowIfTakerWaits();
            wait = MustWait(wanted) ? _taker.BeginTask(this, streamLimit, cancellationToken) : new(WaitingCount > 0);
        }

        SignalChange();
        return wait;
    }

    /// <summary>
    /// Lets the handler wait until it is given a message or resumed, unless it may take one, letting the one before go. It holds nothing
    /// while it waits.
    /// </summary>
    public HandlerTurn WaitForHandler()
    {
        HandlerTurn turn;
        lock (this)
        {
            turn = MustWait(Delivery.Whole) ? HandlerTurn.Waits : WaitingCount > 0 ? HandlerTurn.Takes : HandlerTurn.Ends;
            if (turn == HandlerTurn.Waits)
            {
                _seat.KeepContext();
                _taker.Begin();
            }
        }

        SignalChange();
        return turn;
    }

    /// <summary>What was begun with the message that the handler has been given last.</summary>
    public ValueTask TakeBegun() => _backlog?.TakeBegun() ?? default;

    /// <summary>Notes the context that the handler's calls run in, until it waits for the first time.</summary>
    public void KeepContext() => _seat.KeepContext();

    /// <inheritdoc cref="HandlerSeat.Run" />
    public void RunInContext(ContextCallback callback, object state) => _seat.Run(callback, state);

    /// <summary>
    /// Lets whoever waits for a change look again: the application has made room, asked for something or finished, or the connection has
    /// come to another state.
    /// </summary>
    public void SignalChange() => _changed.Set(this);

    /// <summary>Waits for the next change; for none if there has been one since the last wait. There is one waiter at a time.</summary>
    public Task WaitForChangeAsync() => _changed.WaitAsync(this);

    /// <summary>Says that nothing more will come.</summary>
    public void Complete()
    {
        lock (this)
        {
            _isCompleted = true;
        }

        Wake();
    }

    /// <summary>Says that nobody will take any more; what waits is let go.</summary>
    public void Finish()
    {
        lock (this)
        {
            _finished = true;
            _backlog?.ReleaseCurrent();
            _backlog?.ReleaseWaiting();
        }

        SignalChange();
    }

    /// <summary>
    /// Lets go of what waits, at once, and of all that still comes. Only what the application is looking at stays, until it asks for the
    /// next or has finished. It learns nothing by this: nobody who drops a connection may run its application.
    /// </summary>
    public void Drop()
    {
        lock (this)
        {
            _isDropped = true;
            _backlog?.ReleaseWaiting();
        }

        SignalChange();
    }

    /// <summary>Says that nothing more is wanted, though the connection goes on; what waits is let go.</summary>
    /// <exception cref="InvalidOperationException">Something is being waited for.</exception>
    public void Discard()
    {
        lock (this)
        {
            ThrowIfTakerWaits();
            IsDiscarded = true;
        }

        Finish();
    }

    /// <summary>Lets the rest of the message that is being streamed go by.</summary>
    public void SkipMessage()
    {
        lock (this)
        {
            _skipsMessage = _backlog?.SkipMessage() ?? true;
        }

        SignalChange();
    }

    /// <summary>Says that no message has begun for the taker that wants a stream, so that it may still give up waiting.</summary>
    public void WithdrawStream()
    {
        CancellationToken cancelled;
        lock (this)
        {
            cancelled = _taker.Withdraw();
        }

        if (cancelled.IsCancellationRequested)
        {
            CancelWait(cancelled);
        }
    }

    /// <summary>Ends a wait because its token says so.</summary>
    public void CancelWait(CancellationToken cancellationToken)
    {
        lock (this)
        {
            if (!_taker.TryCancel(cancellationToken))
            {
                return;
            }
        }

        _taker.SetCancelled(cancellationToken);
    }

    /// <summary>Gives back the room that was needed, once nothing is kept any more. Called now and then, by any thread.</summary>
    public void Trim()
    {
        lock (this)
        {
            if (_backlog is { HasCurrent: false, Count: 0 })
            {
                _backlog = null;
            }
        }
    }

    // Lets go of the last, and notes what is asked for.
    private bool MustWait(Delivery wanted)
    {
        _backlog?.ReleaseCurrent();
        _taker.Ask(wanted);
        return WaitingCount == 0 && !_isCompleted;
    }

    private void ThrowIfTakerWaits()
    {
        if (_taker.Waits)
        {
            throw new InvalidOperationException("Another receive is under way on this connection; wait for it first.");
        }
    }

    // On this thread, as far as the application goes without waiting.
    private void Continue(bool any)
    {
        if (_seat.IsTaken)
        {
            _seat.Resume();
        }
        else
        {
            _taker.Continue(any);
        }
    }

    // Only the loop's thread ends a handler's wait, and nothing waits before the handler while that waits itself.
    private bool MayGive(in Incoming incoming) =>
        _seat.IsTaken
        && _taker.Waits
        && incoming.Kind == IncomingKind.Message
        && WaitingCount == 0
        && !_isCompleted && !_isDropped
        && _seat.IsHere;

    private void Give(in Incoming incoming)
    {
        var handling = _seat.Give(incoming);
        if (handling.IsCompletedSuccessfully)
        {
            // Blocks nothing, as it has completed; a pooled task goes back to its pool only when its result has been taken.
            handling.GetAwaiter().GetResult();
            incoming.Owned?.Release();
            return;
        }

        lock (this)
        {
            (_backlog ??= new()).AddCurrent(incoming, handling);
            _taker.End();
        }

        _seat.Resume();
    }
}
