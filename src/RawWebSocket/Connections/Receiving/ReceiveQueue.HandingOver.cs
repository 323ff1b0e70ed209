using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Receiving;

/// <content>
/// The short way: a message goes straight to a handler that waits for one, past the queue. A handler that finishes it at once goes on
/// waiting and has never been woken; one that does not is woken, to wait for what it has begun.
/// </content>
internal sealed partial class ReceiveQueue
{
    // Where the handler waits; null outside of any context.
    private ExecutionContext? _handlerContext;

    /// <summary>
    /// Lets the handler wait until it is given a message or resumed, unless it may take one, letting the one before go. It holds nothing
    /// while it waits.
    /// </summary>
    public HandlerTurn WaitForHandler()
    {
        HandlerTurn turn;
        lock (this)
        {
            ReleaseCurrent();
            _takesWhole = true;
            turn = WaitingCount > 0 ? HandlerTurn.Takes : IsCompleted ? HandlerTurn.Ends : HandlerTurn.Waits;
            if (turn == HandlerTurn.Waits)
            {
                _handlerContext = ExecutionContext.Capture();
                _takerWants = Delivery.Whole;
                _streamGranted = false;
                Volatile.Write(ref _takerWaits, true);
            }
        }

        SignalChange();
        return turn;
    }

    /// <summary>Notes the context that the handler's calls run in, until it waits for the first time.</summary>
    public void KeepContext()
    {
        if (Handler is not null)
        {
            _handlerContext = ExecutionContext.Capture();
        }
    }

    /// <summary>Runs something of the handler's on this thread, in the context of its other calls. For any thread.</summary>
    public void RunInContext(ContextCallback callback, object state)
    {
        if (Volatile.Read(ref _handlerContext) is { } context)
        {
            ExecutionContext.Run(context, callback, state);
        }
        else
        {
            callback(state);
        }
    }

    /// <summary>What was begun with the message that has been handed over last.</summary>
    public ValueTask TakeBegun()
    {
        var begun = _backlog?.Begun ?? default;
        _backlog?.Begun = default;
        return begun;
    }

    private void ContinueHandler()
    {
        if (_handlerContext is null || ReferenceEquals(ExecutionContext.Capture(), _handlerContext))
        {
            Handler!.Resume();
        }
        else
        {
            ExecutionContext.Run(_handlerContext, static handler => ((IMessageHandler)handler!).Resume(), Handler);
        }
    }

    // Only the loop's thread ends a handler's wait, and nothing waits before the handler while that waits itself. What runs
    // in a context of its own, such as a logger's scope that was begun when the connection opened, is continued there.
    private bool MayHandOver(in Incoming incoming) =>
        Handler is not null
        && Volatile.Read(ref _takerWaits)
        && incoming.Kind == IncomingKind.Message
        && WaitingCount == 0
        && _over == Over.No
        && ReferenceEquals(ExecutionContext.Capture(), _handlerContext);

    private void HandOver(in Incoming incoming)
    {
        var handling = BeginHandling(incoming);
        if (!ReferenceEquals(ExecutionContext.Capture(), _handlerContext))
        {
            // What the handler has put into its context is none of the loop's.
            ExecutionContext.Restore(_handlerContext!);
        }

        if (handling.IsCompletedSuccessfully)
        {
            // Blocks nothing, as it has completed; a pooled task goes back to its pool only when its result has been taken.
            handling.GetAwaiter().GetResult();
            incoming.Owned?.Release();
            return;
        }

        lock (this)
        {
            Kept.Current = incoming;
            Kept.HasCurrent = true;
            Kept.InPlaceBytes += InPlaceSizeOf(incoming);
            Kept.Begun = handling;
            EndWait();
        }

        Continue(any: true);
    }

    private ValueTask BeginHandling(in Incoming incoming)
    {
        try
        {
            return Handler!.HandleAsync(new WebSocketMessage(incoming));
        }
        catch (Exception exception)
        {
            return ValueTask.FromException(exception);
        }
    }
}
