using Microsoft.AspNetCore.Connections;
using RawWebSocket.Transport.Native;

namespace RawWebSocket.Transport.Connections;

// How the connection ends. Everything here may be called on any thread, unless it says otherwise.
internal sealed partial class EpollConnection
{
    // Replaced at the hand-over: what Kestrel has registered, and has taken back, would be kept with it.
    private volatile CancellationTokenSource _closedSource = new();

    // Made by whoever waits for it.
    private TaskCompletionSource? _ended;

    // The descriptor is to be closed, the token to be cancelled, and somebody to wait for both.
    private int _stepsToEnd = 3;
    private int _isLost;

    // Why, if it was not this side that has ended it.
    private volatile ConnectionResetException? _loss;
    private int _isTold;
    private bool _isClosed;
    private volatile bool _isReaderCompleted;
    private volatile bool _isOutputFinished;
    private volatile bool _isDisposed;

    /// <summary>Whether the end of the output has not been sent yet.</summary>
    public bool HasUnsent => !_isOutputFinished;

    /// <summary>
    /// Drops what has not been sent and ends the connection: with a reset, or with a FIN if there is no reason, as Kestrel does when the
    /// peer has ended its side already.
    /// </summary>
    public override void Abort(ConnectionAbortedException? abortReason)
    {
        // Kestrel's, which has nothing to say any more once the connection has been handed over.
        if (!IsHandedOver)
        {
            Drop(abortReason);
        }
    }

    /// <summary>The same for whoever owns it.</summary>
    public void Drop(ConnectionAbortedException? abortReason)
    {
        if (Interlocked.Exchange(ref _isLost, 1) != 0)
        {
            return;
        }

        Log.Aborted(_logger, ConnectionId, abortReason?.Message ?? "the server has ended it.");
        if (_descriptor.TryUse())
        {
            if (abortReason is null)
            {
                SocketCalls.ShutDownWriting(_descriptor.Number);
            }
            else
            {
                SocketCalls.Reset(_descriptor.Number);
            }

            _descriptor.Release();
        }

        _input.Break(abortReason ?? new ConnectionAbortedException("The server has ended the connection."));
        _output.Break();
        TellClosed();
        Post(Posts.Close);
    }

    /// <inheritdoc/>
    public override void Abort() => Abort(new ConnectionAbortedException());

    /// <summary>What Kestrel does last. If the connection has been handed over, it only forgets what Kestrel has put into it.</summary>
    public override ValueTask DisposeAsync()
    {
        if (!IsHandedOver)
        {
            // Nobody else limits how long the peer may take. An owner of its own, after a hand-over, sees to that itself.
            return _settings.Leftovers.EndAsync(this);
        }

        _features = null;
        _items = null;
        _lentInput = null;
        _lentOutput = null;
        ConnectionClosed = default;
        return base.DisposeAsync();
    }

    /// <summary>Ends both halves if the application has not; completes when all has been sent and the descriptor is closed.</summary>
    public async ValueTask EndAsync()
    {
        _isDisposed = true;
        _input.Complete();
        _output.Complete();
        CloseIfDone();
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _ended, ended, null) is { } first)
        {
            await first.Task.ConfigureAwait(false);
            return;
        }

        StepToEnd();
        await ended.Task.ConfigureAwait(false);
        _closedSource.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void OnReaderCompleted()
    {
        _isReaderCompleted = true;
        TellClosedIfUnread();
        if (_loss is not null)
        {
            Post(Posts.Lost);
        }
    }

    /// <inheritdoc/>
    public void OnSendFailed(int error) => Lose(error);

    /// <inheritdoc/>
    public void OnWriterFailed(Exception exception) =>
        Drop(new ConnectionAbortedException("The application has completed the output with an exception.", exception));

    /// <inheritdoc/>
    public void OnOutputFinished()
    {
        if (_descriptor.TryUse())
        {
            SocketCalls.ShutDownWriting(_descriptor.Number);
            _descriptor.Release();
        }

        _isOutputFinished = true;
        CloseIfDone();
    }

    // The peer, or the way to it, has failed. What came before is still in the socket, and the reader gets it first, at its own pace; whoever
    // is at work for the peer is told at once, and what was kept for it is let go of.
    private void Lose(int error)
    {
        if (Interlocked.Exchange(ref _isLost, 1) != 0)
        {
            return;
        }

        var exception = Errno.Exception(error);
        Log.Lost(_logger, ConnectionId, exception.Message);
        _loss = new ConnectionResetException(exception.Message, exception);
        _output.Break();
        TellClosed();
        Post(Posts.Lost);
    }

    private void CloseIfDone()
    {
        if (_isDisposed && _isOutputFinished)
        {
            Post(Posts.Close);
        }
    }

    // On the loop's thread.
    private void CloseDescriptor()
    {
        if (_isClosed)
        {
            return;
        }

        if (!_descriptor.TryRetire())
        {
            // Somebody is in a system call that does not wait.
            Post(Posts.Close);
            return;
        }

        _isClosed = true;
        _loop.Remove(this);
        SocketCalls.Close(_descriptor.Number);
        TellClosed();
        StepToEnd();
    }

    // Who reads no more does not come to the peer's end, and is told of it all the same. Called when either has become known.
    private void TellClosedIfUnread()
    {
        Interlocked.MemoryBarrier();
        if (_isPeerFinished && _isReaderCompleted)
        {
            TellClosed();
        }
    }

    // Callbacks of a token are other people's code: never on the loop.
    private void TellClosed()
    {
        if (Interlocked.Exchange(ref _isTold, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.CancelClosed(), this, preferLocal: false);
        }
    }

    private void CancelClosed()
    {
        Cancel(_closedSource);
        StepToEnd();
    }

    private void Cancel(CancellationTokenSource closed)
    {
        try
        {
            closed.Cancel();
        }
        catch (Exception exception)
        {
            Log.ClosedCallbackFailed(_logger, exception, ConnectionId);
        }
    }

    private void StepToEnd()
    {
        if (Interlocked.Decrement(ref _stepsToEnd) == 0)
        {
            _ended!.TrySetResult();
        }
    }
}
