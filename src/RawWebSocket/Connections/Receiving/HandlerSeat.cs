using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Receiving;

/// <summary>
/// The handler of a connection, and the context that its calls run in. What runs in a context of its own, such as a logger's scope that was
/// begun when the connection opened, goes on there.
/// </summary>
/// <param name="handler">Given every message; null for a delegate, which asks for them.</param>
internal struct HandlerSeat(IMessageHandler? handler)
{
    // Where the handler waits; null outside of any context.
    private ExecutionContext? _context;

    public readonly bool IsTaken => handler is not null;

    /// <summary>Whether this thread runs in the handler's context, so that it may be called directly.</summary>
    public readonly bool IsHere => handler is not null && ReferenceEquals(ExecutionContext.Capture(), _context);

    /// <summary>Notes the context that the handler's calls run in.</summary>
    public void KeepContext()
    {
        if (handler is not null)
        {
            _context = ExecutionContext.Capture();
        }
    }

    /// <summary>Runs something of the handler's on this thread, in the context of its other calls. For any thread.</summary>
    public void Run(ContextCallback callback, object state)
    {
        if (Volatile.Read(ref _context) is { } context)
        {
            ExecutionContext.Run(context, callback, state);
        }
        else
        {
            callback(state);
        }
    }

    /// <summary>Gives the handler a message, on a thread that <see cref="IsHere"/>.</summary>
    public readonly ValueTask Give(in Incoming message)
    {
        var handling = Begin(message);
        if (!ReferenceEquals(ExecutionContext.Capture(), _context))
        {
            // What the handler has put into its context is none of the loop's.
            ExecutionContext.Restore(_context!);
        }

        return handling;
    }

    /// <summary>Lets the handler go on after a wait, on this thread.</summary>
    public readonly void Resume()
    {
        if (_context is null || ReferenceEquals(ExecutionContext.Capture(), _context))
        {
            handler!.Resume();
        }
        else
        {
            ExecutionContext.Run(_context, static handler => ((IMessageHandler)handler!).Resume(), handler);
        }
    }

    private readonly ValueTask Begin(in Incoming message)
    {
        try
        {
            return handler!.HandleAsync(new WebSocketMessage(message));
        }
        catch (Exception exception)
        {
            return ValueTask.FromException(exception);
        }
    }
}
