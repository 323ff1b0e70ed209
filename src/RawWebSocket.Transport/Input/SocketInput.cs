using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;
using RawWebSocket.Transport.Pipes;

namespace RawWebSocket.Transport.Input;

/// <summary>
/// What a connection receives, as a pipe that the application reads. This half is for the loop's thread, the other for the application.
/// Everything happens under the lock of the object itself, but nobody is called under it.
/// </summary>
internal sealed partial class SocketInput(IReceiver receiver, MemoryPool<byte> pool, long limit)
    : PipeReader, IValueTaskSource<ReadResult>, IThreadPoolWorkItem
{
    private ReceivedBytes _received = new(pool);
    private PipeWait _wait;
    private Exception? _error;
    private long _examined;
    private long _wanted;

    // From a result to the advance; a cancelled one need not be advanced.
    private bool _isReading;
    private bool _isTentative;
    private bool _isCancelRequested;
    private bool _isFinished;
    private bool _isAborted;
    private bool _isReaderCompleted;
    private bool _isPaused;

    private long Unexamined => _received.Length - _examined;

    // Bytes that the reader has not looked at, and enough of them.
    private bool HasNew => _received.Length > _examined && _received.Length >= _wanted;

    private bool IsReady => _isCancelRequested || _isFinished || HasNew;

    /// <summary>Whether nothing more is taken, however much the application reads. Any thread.</summary>
    public bool IsOver
    {
        get
        {
            lock (this)
            {
                return _isFinished || _isReaderCompleted;
            }
        }
    }

    /// <summary>How much may be received now; 0 when the application has to look at what there is first, or reads no more.</summary>
    public int Allowance(int most)
    {
        lock (this)
        {
            if (_isFinished || _isReaderCompleted || _isPaused)
            {
                return 0;
            }

            // Who wants more than the limit at once would wait for ever.
            var room = Math.Max(limit - Unexamined, _wait.IsWaiting ? _wanted - _received.Length : 0);
            _isPaused = room <= 0;
            return (int)Math.Clamp(room, 0, most);
        }
    }

    /// <summary>Takes what the current block of the loop has received, copies it or borrows the block, and wakes the reader.</summary>
    public void Deliver(ReceiveBlocks blocks, int count)
    {
        bool wakes;
        ReceiveBlock? borrowed;
        lock (this)
        {
            if (_isReaderCompleted)
            {
                return;
            }

            borrowed = Take(blocks, count);
            wakes = TryEndWait();
        }

        try
        {
            if (wakes)
            {
                Wake();
            }
        }
        finally
        {
            // Also when the reader has thrown: the next connection's bytes must not come where it may still look.
            if (borrowed is not null)
            {
                LendIfHeld(blocks, borrowed);
            }
        }
    }

    /// <summary>On the loop's thread: nothing more will come.</summary>
    public void Finish()
    {
        if (TryFinish())
        {
            Wake();
        }
    }

    /// <summary>On the loop's thread: nothing more will come, because of an error. The reader gets what there is before it.</summary>
    public void Fail(Exception error) => WakeOnPool(TryFinish(error));

    /// <summary>On any thread: the connection has been aborted. The reader gets nothing any more but the reason.</summary>
    public void Break(Exception reason) => WakeOnPool(TryFinish(reason, isAborted: true));

    /// <summary>On the thread that runs the reader.</summary>
    void IThreadPoolWorkItem.Execute() => _wait.Complete();

    // Who waits, inline, sees the loop's own block. Half a block and more is lent without being copied. All else is copied.
    private ReceiveBlock? Take(ReceiveBlocks blocks, int count)
    {
        var block = blocks.Current;
        if (blocks.CanLend)
        {
            if (receiver.RunsInline && _wait.IsWaiting && _received.Length == 0 && count >= _wanted)
            {
                _received.Attach(block, count);
                return block;
            }

            if (count >= block.Bytes.Length / 2)
            {
                _received.Attach(block, count);
                blocks.Lend();
                return null;
            }
        }

        _received.Copy(block.Bytes[..count]);
        return null;
    }

    // The reader has had its turn on this thread. What it still looks at is its own now.
    private void LendIfHeld(ReceiveBlocks blocks, ReceiveBlock borrowed)
    {
        lock (this)
        {
            if (_received.Holds(borrowed))
            {
                blocks.Lend();
            }
        }
    }

    private bool TryFinish(Exception? error = null, bool isAborted = false)
    {
        lock (this)
        {
            if (_isFinished)
            {
                return false;
            }

            _isFinished = true;
            _isAborted = isAborted;
            _error = error;
            return TryEndWait();
        }
    }

    private bool TryEndWait() => _wait.TryEnd(IsReady);

    private void WakeOnPool(bool wakes)
    {
        if (wakes)
        {
            receiver.RunOnPool(this);
        }
    }

    // Only what the loop's thread ends by itself goes on there. Whoever cancels or aborts may hold locks, and has others to care for.
    private void Wake()
    {
        if (receiver.RunsInline)
        {
            _wait.Complete();
        }
        else
        {
            receiver.RunOnPool(this);
        }
    }

    private bool TryResume()
    {
        var resumes = _isPaused && Unexamined < Math.Max(limit / 2, 1);
        _isPaused &= !resumes;
        return resumes && !_isFinished && !_isReaderCompleted;
    }

    private ReadResult TakeResult()
    {
        if (_error is not null && (_isAborted || !HasNew))
        {
            ExceptionDispatchInfo.Throw(_error);
        }

        if (_isReading && !_isTentative)
        {
            throw new InvalidOperationException("Reading is already in progress.");
        }

        _isReading = true;
        _isTentative = _isCancelRequested;
        _isCancelRequested = false;
        return new ReadResult(_received.AsSequence(), _isTentative, _isFinished && _error is null);
    }
}
