using System.Threading.Tasks.Sources;

namespace RawWebSocket.Connections.Receiving;

/// <summary>
/// The wait of an application that asks for its messages: one after the other, a value task that is used again and again, so that waiting
/// allocates nothing. Made at the first.
/// </summary>
/// <param name="queue">What it waits for.</param>
internal sealed class MessageWait(ReceiveQueue queue) : IValueTaskSource<bool>
{
    private ManualResetValueTaskSourceCore<bool> _source;
    private CancellationTokenRegistration _cancellation;

    /// <summary>What stops the wait.</summary>
    public CancellationToken Token { get; private set; }

    /// <summary>The longest message to stream.</summary>
    public long StreamLimit { get; private set; }

    public ValueTask<bool> Begin(long streamLimit, CancellationToken cancellationToken)
    {
        _source.Reset();
        StreamLimit = streamLimit;
        Token = cancellationToken;
        if (cancellationToken.CanBeCanceled)
        {
            _cancellation = cancellationToken.UnsafeRegister(
                static (state, token) => ((ReceiveQueue)state!).CancelWait(token), queue);
        }

        return new ValueTask<bool>(this, _source.Version);
    }

    public void End()
    {
        _cancellation.Unregister();
        _cancellation = default;
        Token = default;
    }

    /// <summary>Lets the application go on, on this thread, as far as it goes without waiting.</summary>
    /// <param name="any">Whether there is something to be taken.</param>
    public void SetResult(bool any) => _source.SetResult(any);

    public void SetCancelled(CancellationToken cancellationToken) =>
        _source.SetException(new OperationCanceledException(cancellationToken));

    bool IValueTaskSource<bool>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
