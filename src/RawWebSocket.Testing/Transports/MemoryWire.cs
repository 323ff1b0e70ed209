namespace RawWebSocket.Testing.Transports;

/// <summary>One direction of a connection in memory: bytes in order, bounded, with the two ends a socket knows. Thread-safe.</summary>
internal sealed class MemoryWire(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Queue<ReadOnlyMemory<byte>> _chunks = new();
    private TaskCompletionSource _changed = NewSignal();
    private int _queued;
    private Exception? _error;
    private int _offset; // of the first chunk, already read

    /// <summary>How the writing side ended it; null while it is open. After a FIN the queued bytes can still be read.</summary>
    public TransportEnd? End { get; private set; }

    /// <summary>Waits for bytes and takes what fits; 0 at the end. An empty buffer waits and takes nothing.</summary>
    /// <exception cref="Exception">The error that the wire was reset with.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_queued > 0)
                {
                    return Take(buffer.Span);
                }

                if (End is not null)
                {
                    return _error is null ? 0 : throw _error;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes as the reader makes room. Once the wire has ended, bytes vanish, as they do on their way to a dead peer.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            Task changed;
            lock (_lock)
            {
                if (End is not null)
                {
                    return;
                }

                bytes = Put(bytes);
                changed = _changed.Task;
            }

            if (!bytes.IsEmpty)
            {
                await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>FIN: what is queued is still delivered.</summary>
    public void Finish()
    {
        lock (_lock)
        {
            End ??= TransportEnd.Finished;
            Signal();
        }
    }

    /// <summary>RST: what is queued is lost.</summary>
    /// <param name="error">What reads throw from now on; null: they return 0.</param>
    public void Reset(Exception? error = null)
    {
        lock (_lock)
        {
            if (End is null)
            {
                (End, _error) = (TransportEnd.Reset, error);
            }

            _chunks.Clear();
            _queued = 0;
            _offset = 0;
            Signal();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int Take(Span<byte> buffer)
    {
        var taken = 0;
        while (taken < buffer.Length && _chunks.TryPeek(out var chunk))
        {
            var part = chunk.Span[_offset..];
            var count = Math.Min(part.Length, buffer.Length - taken);
            part[..count].CopyTo(buffer[taken..]);
            taken += count;
            _offset += count;
            if (_offset == chunk.Length)
            {
                _chunks.Dequeue();
                _offset = 0;
            }
        }

        _queued -= taken;
        Signal();
        return taken;
    }

    private ReadOnlyMemory<byte> Put(ReadOnlyMemory<byte> bytes)
    {
        var count = Math.Min(bytes.Length, capacity - _queued);
        if (count > 0)
        {
            _chunks.Enqueue(bytes[..count].ToArray());
            _queued += count;
            Signal();
        }

        return bytes[count..];
    }

    private void Signal()
    {
        var changed = _changed;
        _changed = NewSignal();
        changed.SetResult();
    }
}
