using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace RawWebSocket.Transport.Input;

// The application's half: the contract of PipeReader, with the same exceptions as Pipe for who breaks it.
internal sealed partial class SocketInput
{
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => ReadAsync(0, cancellationToken);

    public override bool TryRead(out ReadResult result)
    {
        lock (this)
        {
            ThrowIfCompletedOrPending();
            _wanted = 0;
            if (_received.Length > 0 || _isCancelRequested || _isFinished)
            {
                result = TakeResult();
                return true;
            }
        }

        result = default;
        return false;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        bool resumes;
        lock (this)
        {
            ThrowIfCompletedOrPending();
            if (!_isReading)
            {
                throw new InvalidOperationException("There is no read to advance.");
            }

            var consumedBytes = _received.OffsetOf(consumed) ?? 0;
            var examinedBytes = _received.OffsetOf(examined) ?? _examined;
            if (examinedBytes < consumedBytes || examinedBytes < _examined)
            {
                throw new InvalidOperationException(
                    "The examined position cannot be less than the consumed one, nor than the previously examined one.");
            }

            _isReading = false;
            _received.Consume(consumedBytes);
            _examined = examinedBytes - consumedBytes;
            resumes = TryResume();
        }

        if (resumes)
        {
            receiver.Resume();
        }
    }

    public override void CancelPendingRead()
    {
        bool wakes;
        lock (this)
        {
            _isCancelRequested = true;
            wakes = TryEndWait();
        }

        WakeOnPool(wakes);
    }

    public override void Complete(Exception? exception = null)
    {
        lock (this)
        {
            if (_isReaderCompleted)
            {
                return;
            }

            _isReaderCompleted = true;
            _isReading = false;
            _examined = 0;
            _received.Clear();
        }

        receiver.OnReaderCompleted();
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token)
    {
        _wait.ForgetToken();
        lock (this)
        {
            _wait.TakeResult(token);
            return TakeResult();
        }
    }

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    protected override ValueTask<ReadResult> ReadAtLeastAsyncCore(int minimumSize, CancellationToken cancellationToken) =>
        ReadAsync(minimumSize, cancellationToken);

    private ValueTask<ReadResult> ReadAsync(int minimumSize, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        }

        bool resumes;
        ValueTask<ReadResult> pending;
        lock (this)
        {
            ThrowIfCompletedOrPending();
            _wanted = minimumSize;
            if (IsReady)
            {
                return new ValueTask<ReadResult>(TakeResult());
            }

            if (_isReading && !_isTentative)
            {
                throw new InvalidOperationException("Reading is already in progress.");
            }

            // Who wants more than there is has looked at what there is.
            _examined = _received.Length;
            pending = new ValueTask<ReadResult>(this, _wait.Begin());
            resumes = TryResume();
        }

        _wait.GiveUpWith(this, static (input, token) => ((SocketInput)input!).OnCancelled(token), cancellationToken);
        if (resumes)
        {
            receiver.Resume();
        }

        return pending;
    }

    private void OnCancelled(CancellationToken token)
    {
        bool wakes;
        lock (this)
        {
            wakes = _wait.TryGiveUp(token);
        }

        WakeOnPool(wakes);
    }

    private void ThrowIfCompletedOrPending()
    {
        if (_isReaderCompleted)
        {
            throw new InvalidOperationException("Reading is not allowed after the reader was completed.");
        }

        if (_wait.IsPending)
        {
            throw new InvalidOperationException("Concurrent reads are not supported.");
        }
    }
}
