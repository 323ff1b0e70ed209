using System.Threading.Tasks.Sources;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <content>The one taker's waiting: a value task that is used again and again, so that waiting allocates nothing.</content>
internal sealed partial class ReceiveQueue : IValueTaskSource<bool>
{
    private ManualResetValueTaskSourceCore<bool> _taker;
    private CancellationToken _takerToken;
    private CancellationTokenRegistration _takerCancellation;
    private bool _takerWaits;
    private ExecutionContext? _takerContext;
    private Delivery _takerWants;
    private bool _streamGranted;
    private long _streamLimit;

    /// <summary>Waits until something can be taken, letting the one before go; false when nothing more will come.</summary>
    /// <param name="wanted">The next message whole, or as a stream; undecided for the next piece of one that has begun.</param>
    /// <param name="streamLimit">The longest message to stream.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public ValueTask<bool> WaitAsync(Delivery wanted, long streamLimit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ValueTask<bool> wait;
        lock (_gate)
        {
            ThrowIfTakerWaits();
            ReleaseCurrent();
            _takesWhole = wanted == Delivery.Whole;
            if (_waiting.Count > 0 || _completed)
            {
                wait = new ValueTask<bool>(_waiting.Count > 0);
            }
            else
            {
                BeginWait(wanted, streamLimit, cancellationToken);
                wait = new ValueTask<bool>(this, _taker.Version);
            }
        }

        _changed.Set();
        return wait;
    }

    /// <summary>Says that no message has begun for the taker that wants a stream, so that it may still give up waiting.</summary>
    public void WithdrawStream()
    {
        CancellationToken cancelled;
        lock (_gate)
        {
            _streamGranted = false;
            cancelled = _takerToken;
        }

        if (cancelled.IsCancellationRequested)
        {
            CancelWait(cancelled);
        }
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _taker.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _taker.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _taker.OnCompleted(continuation, state, token, flags);

    private void ThrowIfTakerWaits()
    {
        if (_takerWaits)
        {
            throw new InvalidOperationException("Another receive is under way on this connection; wait for it first.");
        }
    }

    private void BeginWait(Delivery wanted, long streamLimit, CancellationToken cancellationToken)
    {
        _taker.Reset();
        _takerContext = Handler is null ? null : ExecutionContext.Capture();
        Volatile.Write(ref _takerWaits, true);
        _takerWants = wanted;
        _streamGranted = false;
        _streamLimit = streamLimit;
        _takerToken = cancellationToken;
        if (cancellationToken.CanBeCanceled)
        {
            _takerCancellation = cancellationToken.UnsafeRegister(
                static (state, token) => ((ReceiveQueue)state!).CancelWait(token), this);
        }
    }

    private void EndWait()
    {
        _takerWaits = false;
        _takerCancellation.Unregister();
        _takerCancellation = default;
        _takerToken = default;
    }

    private void CancelWait(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // A message has begun for this taker: it gets it.
            if (!_takerWaits || _takerToken != cancellationToken || _streamGranted)
            {
                return;
            }

            EndWait();
        }

        _taker.SetException(new OperationCanceledException(cancellationToken));
    }
}
