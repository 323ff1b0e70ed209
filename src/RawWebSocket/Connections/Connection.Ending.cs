using RawWebSocket.Connections.Lifetime;

namespace RawWebSocket.Connections;

/// <content>What is known of the end, and how others learn of it.</content>
internal sealed partial class Connection
{
    // Made when the end begins or somebody asks for it: most connections live without.
    private Ending? _ending;

    private Ending End => LazyInitializer.EnsureInitialized(ref _ending, static () => new Ending());

    public override CancellationToken Closed => ClosedSource.Token;

    public override Task<WebSocketClosure> Completion => CompletionSource.Task;

    private CancellationTokenSource ClosedSource
    {
        get
        {
            var closed = LazyInitializer.EnsureInitialized(ref End.Closed);
            WatchTransport();
            return closed;
        }
    }

    private TaskCompletionSource<WebSocketClosure> CompletionSource => LazyInitializer.EnsureInitialized(
        ref End.Completion, static () => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private bool HasGivenUp => _ending?.GaveUpAt is not null;

    /// <summary>Whether it has been closed, so that at most the application's code is still running.</summary>
    public bool IsCompleted => _ending?.Completion is { Task.IsCompleted: true };

    // Said and told once, whoever comes first. Told before the application's part goes on, which may block this thread.
    private void Complete(WebSocketClosure closure)
    {
        Shared.Groups.Remove(this);
        if (CompletionSource.TrySetResult(closure))
        {
            Tell(closure);
        }
    }

    // The transport has been dropped for a beat, and the loop has not come to the end: the application blocks its thread, and may wait there
    // for this very end.
    private void EndWithoutLoop()
    {
        DropTransport();
        EndApplication();
    }

    // What the application can wait for ends on this thread; the loop does the rest when it has its thread back.
    private void EndApplication()
    {
        Pings.Stop();
        _ = _sends.StopAsync();
        try
        {
            Complete(Described(LostWithoutClose()));
        }
        finally
        {
            if (_activated.Handler is null)
            {
                // Elsewhere, because a delegate that waits for a message goes on in this call. A handler's waits are the loop's to end.
                ThreadPool.UnsafeQueueUserWorkItem(static received => received.Complete(), _received, preferLocal: false);
            }
        }
    }

    // Nobody has to be told while the receive loop reads, which then ends by itself: so mostly there is no callback to keep.
    private void WatchTransport()
    {
        if (Interlocked.Exchange(ref End.WatchesTransport, 1) == 0)
        {
            var lost = _transport.Lost.UnsafeRegister(static connection => ((Connection)connection!).OnTransportLost(), this);
            Interlocked.Exchange(ref End.Lost, lost);
            if (Volatile.Read(ref End.IsOver))
            {
                lost.Dispose();
            }
        }
    }

    private async ValueTask StopWatchingTransportAsync()
    {
        if (_ending is { } ending)
        {
            Volatile.Write(ref ending.IsOver, true);
            Interlocked.MemoryBarrier();
            if (ending.Lost is { } lost)
            {
                await lost.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>When the present step of closing began; it may take <see cref="RawWebSocketOptions.CloseTimeout"/>.</summary>
    /// <param name="startedAt">The timestamp.</param>
    /// <param name="abortReason">Why the connection is aborted when it has passed; null when it is not.</param>
    private sealed class Deadline(long startedAt, string? abortReason)
    {
        public long StartedAt { get; set; } = startedAt;

        public string? AbortReason => abortReason;

        /// <summary>Whether the time does not count in which the peer takes what was sent before.</summary>
        public bool AwaitsDelivery { get; init; }

        public bool HasPassed { get; set; }
    }

    /// <summary>What only a connection has that ends, or whose end is waited for.</summary>
    private sealed class Ending
    {
        public TaskCompletionSource<WebSocketClosure>? Completion;
        public CancellationTokenSource? Closed;
        public bool IsOver;

        // A registration, boxed so that others see all of it or nothing.
        public IAsyncDisposable? Lost;
        public int WatchesTransport;
        public WebSocketClosure? OwnClose;
        public WebSocketClosure? Abort;
        public WebSocketCloseFrame? Received;
        public Deadline? Deadline;
        public DeliveryClock Delivery;
        public long StalledSince;
        public long StalledAtPart = -1;
        public long? ExpiredAt;

        // When this side stopped to wait for the answer to its close frame, which the peer's side has.
        public long? GaveUpAt;
        public Exception? HandlerException;
    }
}
