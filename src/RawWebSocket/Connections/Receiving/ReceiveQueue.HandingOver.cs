using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <content>
/// The short way: a message goes straight to a handler that waits for one, past the queue. A handler that finishes it at once goes on
/// waiting and has never been woken; one that does not is woken, to wait for what it has begun.
/// </content>
internal sealed partial class ReceiveQueue
{
    private ValueTask _begun;

    /// <summary>What was begun with the message that has been handed over last.</summary>
    public ValueTask TakeBegun()
    {
        var begun = _begun;
        _begun = default;
        return begun;
    }

    // Only the loop's thread ends a handler's wait, and nothing waits before the handler while that waits itself. What runs in a context of its
    // own, such as a logger's scope that was begun when the connection opened, is continued there.
    private bool MayHandOver(in Incoming incoming) =>
        Handler is not null
        && Volatile.Read(ref _takerWaits)
        && incoming.Kind == IncomingKind.Message
        && _waiting.Count == 0
        && !_completed
        && ReferenceEquals(ExecutionContext.Capture(), _takerContext);

    private void HandOver(in Incoming incoming)
    {
        var handling = BeginHandling(incoming);
        if (!ReferenceEquals(ExecutionContext.Capture(), _takerContext))
        {
            // What the handler has put into its context is none of the loop's.
            ExecutionContext.Restore(_takerContext!);
        }

        if (handling.IsCompletedSuccessfully)
        {
            // Blocks nothing, as it has completed; a pooled task goes back to its pool only when its result has been taken.
            handling.GetAwaiter().GetResult();
            incoming.Owned?.Release();
            return;
        }

        lock (_gate)
        {
            _current = incoming;
            _hasCurrent = true;
            _inPlaceBytes += InPlaceSizeOf(incoming);
            _begun = handling;
            EndWait();
        }

        _taker.SetResult(true);
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
