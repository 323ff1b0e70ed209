using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using RawWebSocket.Transport.Native;
using RawWebSocket.Transport.Pipes;

namespace RawWebSocket.Transport.Output;

/// <summary>
/// What a connection sends, as a pipe that the application writes. A flush sends at once, on its own thread. What the socket does not take
/// waits here, and the loop's thread sends it when the socket has room. What has been written since the last flush belongs to the writer
/// alone; all else is under the lock of the object itself, under which nobody is called.
/// </summary>
internal sealed partial class SocketOutput(ISender sender, SocketDescriptor descriptor, MemoryPool<byte> pool, long limit)
    : PipeWriter, IValueTaskSource<FlushResult>
{
    private OutputChain _written = new(pool);
    private OutputChain _queue = new(pool);
    private PipeWait _wait;
    private bool _isCancelRequested;
    private bool _isCompleted;
    private bool _isBroken;
    private bool _isFinished;

    /// <summary>How much has been flushed that the socket has not taken. Any thread.</summary>
    public long QueuedBytes
    {
        get
        {
            lock (this)
            {
                return _queue.Length;
            }
        }
    }

    /// <summary>On the loop's thread: the socket has room.</summary>
    public void OnWritable()
    {
        var outcome = default(Outcome);
        lock (this)
        {
            if (_queue.Length == 0)
            {
                return;
            }

            outcome.Error = Drain();
            Conclude(ref outcome);
        }

        Tell(outcome, isOnLoop: true);
    }

    /// <summary>Nothing more is sent, whatever was to be. Any thread.</summary>
    public void Break()
    {
        var outcome = default(Outcome);
        lock (this)
        {
            _isBroken = true;
            _queue.Clear();
            Conclude(ref outcome);
        }

        Tell(outcome);
    }

    // Sends until the socket takes no more, for only then does epoll tell when it does again. Returns the error, or 0.
    private int Drain()
    {
        if (_queue.Length == 0)
        {
            return 0;
        }

        if (!descriptor.TryUse())
        {
            _isBroken = true;
            _queue.Clear();
            return 0;
        }

        try
        {
            while (_queue.Length > 0)
            {
                var count = PinnedPieces.Send(descriptor.Number, _queue.Head!);
                if (count < 0)
                {
                    return Refused(-count);
                }

                _queue.Consume(count);
            }

            return 0;
        }
        finally
        {
            descriptor.Release();
        }
    }

    private int Refused(int error)
    {
        if (error == Errno.TryAgain)
        {
            return 0;
        }

        _isBroken = true;
        _queue.Clear();
        return error;
    }

    // Sends the beginning of what would otherwise have to be copied; returns how much of it.
    private int SendDirectly(ReadOnlySpan<byte> bytes, ref Outcome outcome)
    {
        if (_isBroken || _queue.Length > 0 || !descriptor.TryUse())
        {
            return 0;
        }

        try
        {
            var count = SocketCalls.Send(descriptor.Number, bytes);
            outcome.Error = count < 0 ? Refused(-count) : 0;
            return Math.Max(count, 0);
        }
        finally
        {
            descriptor.Release();
        }
    }

    private void Conclude(ref Outcome outcome)
    {
        outcome.Wakes = TryEndWait();
        outcome.Finishes = _isCompleted && !_isFinished && (_isBroken || _queue.Length == 0);
        _isFinished |= outcome.Finishes;
    }

    private bool TryEndWait() => _wait.TryEnd(_isBroken || _isCancelRequested || _queue.Length < Math.Max(limit / 2, 1));

    private FlushResult TakeResult()
    {
        var result = new FlushResult(_isCancelRequested, _isBroken);
        _isCancelRequested = false;
        return result;
    }

    // Only what the loop's thread ends by itself goes on there. Whoever cancels or aborts may hold locks, and has others to care for.
    private void Tell(Outcome outcome, bool isOnLoop = false)
    {
        if (outcome.Wakes)
        {
            if (isOnLoop && sender.RunsInline)
            {
                _wait.Complete();
            }
            else
            {
                _wait.CompleteOnPool();
            }
        }

        if (outcome.Error != 0)
        {
            sender.OnSendFailed(outcome.Error);
        }

        if (outcome.Finishes)
        {
            sender.OnOutputFinished();
        }
    }

    /// <summary>What others are to be told of when the lock has been left.</summary>
    private struct Outcome
    {
        public int Error;
        public bool Wakes;
        public bool Finishes;
    }
}
