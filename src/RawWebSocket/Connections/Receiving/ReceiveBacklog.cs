using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Receiving;

/// <summary>
/// What waits in a <see cref="ReceiveQueue"/>, and what the application is looking at. Made when something is kept for the application; an idle
/// connection has none.
/// </summary>
/// <remarks>Without lock or I/O; changed under the queue's lock. The two counts of bytes may be read by any thread.</remarks>
internal sealed class ReceiveBacklog
{
    // What an entry counts besides its payload for ReceiveAheadBytes, so that a flood of empty messages is counted too.
    private const int EntrySize = 64;

    private readonly Queue<Incoming> _waiting = new();
    private long _waitingBytes;
    private long _inPlaceBytes;
    private Incoming _current;
    private ValueTask _begun;

    /// <summary>How many things wait.</summary>
    public int Count => _waiting.Count;

    /// <summary>How many there is room for.</summary>
    public int Capacity => _waiting.Capacity;

    /// <summary>Of what waits, with a little for each.</summary>
    public long WaitingBytes => Volatile.Read(ref _waitingBytes);

    /// <summary>How many bytes of the transport's buffer are still in use, waiting or being looked at.</summary>
    public long InPlaceBytes => Volatile.Read(ref _inPlaceBytes);

    /// <summary>Whether the application is looking at something, which is let go when it asks for the next.</summary>
    public bool HasCurrent { get; private set; }

    public void Add(in Incoming incoming)
    {
        _waiting.Enqueue(incoming);
        _waitingBytes += SizeOf(incoming);
        _inPlaceBytes += InPlaceSizeOf(incoming);
    }

    /// <summary>Takes the first that waits; it is what the application looks at next.</summary>
    public bool TryTake(out Incoming incoming)
    {
        if (!_waiting.TryDequeue(out incoming))
        {
            return false;
        }

        _waitingBytes -= SizeOf(incoming);
        (_current, HasCurrent) = (incoming, true);
        return true;
    }

    /// <summary>Notes what a handler has been given without its having waited here, and not finished at once.</summary>
    /// <param name="incoming">What it looks at.</param>
    /// <param name="begun">What it has begun with it.</param>
    public void AddCurrent(in Incoming incoming, ValueTask begun)
    {
        _inPlaceBytes += InPlaceSizeOf(incoming);
        (_current, HasCurrent, _begun) = (incoming, true, begun);
    }

    /// <summary>What a handler has begun with the message that it was given last.</summary>
    public ValueTask TakeBegun()
    {
        var begun = _begun;
        _begun = default;
        return begun;
    }

    public void ReleaseCurrent()
    {
        if (HasCurrent)
        {
            Release(_current);
            (_current, HasCurrent) = (default, false);
        }
    }

    public void ReleaseWaiting()
    {
        while (TryDrop(out _))
        {
        }
    }

    /// <summary>Lets go of the rest of the message that is being looked at, as far as it is here; whether its end is yet to come.</summary>
    public bool SkipMessage()
    {
        var goesOn = !(HasCurrent && _current.EndsMessage);
        ReleaseCurrent();
        while (goesOn && TryDrop(out var piece))
        {
            goesOn = !piece.EndsMessage;
        }

        return goesOn;
    }

    private bool TryDrop(out Incoming incoming)
    {
        if (!_waiting.TryDequeue(out incoming))
        {
            return false;
        }

        _waitingBytes -= SizeOf(incoming);
        Release(incoming);
        return true;
    }

    private void Release(in Incoming incoming)
    {
        incoming.Owned?.Release();
        _inPlaceBytes -= InPlaceSizeOf(incoming);
    }

    private static long SizeOf(in Incoming incoming) => incoming.Payload.Length + EntrySize;

    private static long InPlaceSizeOf(in Incoming incoming) => incoming.Owned is null ? incoming.Payload.Length : 0;
}
