using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Receiving;

/// <content>Letting go of what waits, and of what the application has been looking at.</content>
internal sealed partial class ReceiveQueue
{
    /// <summary>Says that nobody will take any more; what waits is let go.</summary>
    public void Finish()
    {
        lock (this)
        {
            _finished = true;
            ReleaseCurrent();
            ReleaseWaiting();
        }

        SignalChange();
    }

    /// <summary>
    /// Lets go of what waits, at once, and of all that still comes. Only what the application is looking at stays, until it asks for the
    /// next or has finished. It learns nothing by this: nobody who drops a connection may run its application.
    /// </summary>
    public void Drop()
    {
        lock (this)
        {
            _over |= Over.Dropped;
            ReleaseWaiting();
        }

        SignalChange();
    }

    /// <summary>Whether the application has said that it wants nothing more.</summary>
    public bool IsDiscarded { get; private set; }

    /// <summary>Says that nothing more is wanted, though the connection goes on; what waits is let go.</summary>
    /// <exception cref="InvalidOperationException">Something is being waited for.</exception>
    public void Discard()
    {
        lock (this)
        {
            ThrowIfTakerWaits();
            IsDiscarded = true;
        }

        Finish();
    }

    /// <summary>Lets the rest of the message that is being streamed go by.</summary>
    public void SkipMessage()
    {
        lock (this)
        {
            _skipsMessage = _backlog is not { HasCurrent: true, Current.EndsMessage: true };
            ReleaseCurrent();
            while (_skipsMessage && _backlog is not null && _backlog.Waiting.TryDequeue(out var incoming))
            {
                _skipsMessage = !incoming.EndsMessage;
                _backlog.WaitingBytes -= SizeOf(incoming);
                Release(_backlog, incoming);
            }
        }

        SignalChange();
    }

    private void ReleaseWaiting()
    {
        while (_backlog is not null && _backlog.Waiting.TryDequeue(out var incoming))
        {
            _backlog.WaitingBytes -= SizeOf(incoming);
            Release(_backlog, incoming);
        }
    }

    private void ReleaseCurrent()
    {
        if (_backlog is { HasCurrent: true } kept)
        {
            kept.HasCurrent = false;
            Release(kept, kept.Current);
            kept.Current = default;
        }
    }

    private static void Release(Backlog backlog, in Incoming incoming)
    {
        incoming.Owned?.Release();
        backlog.InPlaceBytes -= InPlaceSizeOf(incoming);
    }
}
