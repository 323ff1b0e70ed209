using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace RawWebSocket.Transport.Output;

// The application's half: the contract of PipeWriter, with the same exceptions as Pipe for who breaks it.
internal sealed partial class SocketOutput
{
    // Less is copied quicker than it is sent by itself, and may go together with what is written next.
    private const int SentDirectly = 4 * 1024;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _written.Length;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        ThrowIfCompleted();
        return _written.Reserve(sizeHint);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes) => _written.Fill(bytes);

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        ThrowIfCompleted();
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        }

        if (source.Length < SentDirectly || _written.Length > 0)
        {
            _written.Copy(source.Span);
            return FlushAsync(cancellationToken);
        }

        var outcome = default(Outcome);
        lock (this)
        {
            ThrowIfPending();
            source = source[SendDirectly(source.Span, ref outcome)..];
        }

        Tell(outcome);
        _written.Copy(source.Span);
        return FlushAsync(cancellationToken);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        }

        var outcome = default(Outcome);
        ValueTask<FlushResult> result;
        lock (this)
        {
            ThrowIfPending();
            outcome.Error = SendWritten();
            result = ResultOrWait();
        }

        if (_wait.IsPending)
        {
            _wait.GiveUpWith(this, static (output, token) => ((SocketOutput)output!).OnCancelled(token), cancellationToken);
        }

        Tell(outcome);
        return result;
    }

    public override void CancelPendingFlush()
    {
        var outcome = default(Outcome);
        lock (this)
        {
            _isCancelRequested = true;
            outcome.Wakes = TryEndWait();
        }

        Tell(outcome);
    }

    public override void Complete(Exception? exception = null)
    {
        var outcome = default(Outcome);
        lock (this)
        {
            if (_isCompleted)
            {
                return;
            }

            _isCompleted = true;
            if (exception is null)
            {
                outcome.Error = SendWritten();
                Conclude(ref outcome);
            }
            else
            {
                _written.Clear();
            }
        }

        Tell(outcome);
        if (exception is not null)
        {
            sender.OnWriterFailed(exception);
            Break();
        }
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token)
    {
        _wait.ForgetToken();
        lock (this)
        {
            _wait.TakeResult(token);
            return TakeResult();
        }
    }

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    // What a peer who is gone was to get is dropped. What waits already goes first.
    private int SendWritten()
    {
        if (_isBroken)
        {
            _written.Clear();
            return 0;
        }

        var waits = _queue.Length > 0;
        _written.MoveTo(ref _queue);
        return waits ? 0 : Drain();
    }

    private ValueTask<FlushResult> ResultOrWait()
    {
        if (_isCancelRequested || _isBroken || _queue.Length < limit)
        {
            return new ValueTask<FlushResult>(TakeResult());
        }

        return new ValueTask<FlushResult>(this, _wait.Begin());
    }

    private void OnCancelled(CancellationToken token)
    {
        var outcome = default(Outcome);
        lock (this)
        {
            outcome.Wakes = _wait.TryGiveUp(token);
        }

        Tell(outcome);
    }

    private void ThrowIfCompleted()
    {
        if (_isCompleted)
        {
            throw new InvalidOperationException("Writing is not allowed after the writer was completed.");
        }
    }

    private void ThrowIfPending()
    {
        if (_wait.IsPending)
        {
            throw new InvalidOperationException("Concurrent flushes are not supported.");
        }
    }
}
