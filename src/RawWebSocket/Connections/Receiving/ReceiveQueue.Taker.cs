using System.Threading.Tasks.Sources;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Receiving;

/// <content>The waiting of an application that asks for its messages, made at its first wait.</content>
internal sealed partial class ReceiveQueue
{
    private Taker? _taker;
    private bool _takerWaits;
    private Delivery _takerWants;
    private bool _streamGranted;

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
            ReleaseCurrent();
            _takesWhole = wanted == Delivery.Whole;
            if (WaitingCount > 0 || IsCompleted)
            {
                wait = new ValueTask<bool>(WaitingCount > 0);
            }
            else
            {
                Volatile.Write(ref _takerWaits, true);
                _takerWants = wanted;
                _streamGranted = false;
                _taker ??= new Taker(this);
                wait = _taker.Begin(streamLimit, cancellationToken);
            }
        }

        SignalChange();
        return wait;
    }

    /// <summary>Says that no message has begun for the taker that wants a stream, so that it may still give up waiting.</summary>
    public void WithdrawStream()
    {
        CancellationToken cancelled;
        lock (this)
        {
            _streamGranted = false;
            cancelled = _taker?.Token ?? default;
        }

        if (cancelled.IsCancellationRequested)
        {
            CancelWait(cancelled);
        }
    }

    private void ThrowIfTakerWaits()
    {
        if (_takerWaits)
        {
            throw new InvalidOperationException("Another receive is under way on this connection; wait for it first.");
        }
    }

    private void EndWait()
    {
        _takerWaits = false;
        _taker?.End();
    }

    // On this thread, as far as the application goes without waiting.
    private void Continue(bool any)
    {
        if (Handler is null)
        {
            _taker!.SetResult(any);
        }
        else
        {
            ContinueHandler();
        }
    }

    private void CancelWait(CancellationToken cancellationToken)
    {
        lock (this)
        {
            // A message has begun for this taker: it gets it.
            if (!_takerWaits || _taker!.Token != cancellationToken || _streamGranted)
            {
                return;
            }

            EndWait();
        }

        _taker.SetCancelled(cancellationToken);
    }

    /// <summary>One wait after the other: a value task that is used again and again, so that waiting allocates nothing.</summary>
    private sealed class Taker(ReceiveQueue queue) : IValueTaskSource<bool>
    {
        private ManualResetValueTaskSourceCore<bool> _source;
        private CancellationTokenRegistration _cancellation;

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

        public void SetResult(bool any) => _source.SetResult(any);

        public void SetCancelled(CancellationToken cancellationToken) =>
            _source.SetException(new OperationCanceledException(cancellationToken));

        bool IValueTaskSource<bool>.GetResult(short token) => _source.GetResult(token);

        ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _source.GetStatus(token);

        void IValueTaskSource<bool>.OnCompleted(
            Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _source.OnCompleted(continuation, state, token, flags);
    }
}
