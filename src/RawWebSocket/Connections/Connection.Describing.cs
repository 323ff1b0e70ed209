using Microsoft.Extensions.Logging;
using RawWebSocket.Diagnostics;

namespace RawWebSocket.Connections;

/// <content>What is told of the connection when it has ended.</content>
internal sealed partial class Connection
{
    private Traffic _traffic;
    private long _openedAt;
    private TimeSpan? _lastRoundTrip;

    /// <summary>How many bytes of messages the connection holds: waiting to be sent, half arrived, or waiting for the application.</summary>
    public long HeldBytes => _memory.Held;

    /// <summary>Whether it has been aborted and what it holds is about to be given back.</summary>
    public bool IsEnding => IsAborted && !IsCompleted;

    /// <summary>Whether aborting it would give anything back that is not on its way already.</summary>
    public bool CanBeShed => !IsAborted && !IsCompleted;

    private void TellOpened()
    {
        _services.Metrics.ConnectionOpened();

        // The id becomes a string, which the connection keeps, only for those who read it.
        if (_services.Logger.IsEnabled(LogLevel.Information))
        {
            Log.Opened(_services.Logger, Id, Request.Path, Subprotocol ?? "none", Extensions ?? "none");
        }
    }

    /// <summary>Gives back what is held to compress better, if it has not been used for a while or memory is scarce.</summary>
    public void ParkCompression()
    {
        _compression?.Park();
        _decompression?.Park();
    }

    private void Tell(WebSocketClosure closure)
    {
        _services.Metrics.ConnectionClosed(closure);
        Log.Closed(_services.Logger, Id, Request.Path, closure);
        if (closure.Received is { } frame)
        {
            Log.CloseReason(_services.Logger, Id, frame.Reason);
        }
    }

    private WebSocketClosure Described(WebSocketClosure closure) => closure with
    {
        Sent = _sends.WrittenClose,
        Received = _ending?.Received,
        Exception = closure.Exception ?? HandlerException,
        Lifetime = _services.Time.GetElapsedTime(_openedAt),
        MessagesReceived = _traffic.MessagesReceived,
        MessagesSent = _traffic.MessagesSent,
        BytesReceived = _traffic.BytesReceived,
        BytesSent = _traffic.BytesSent,
        MessagesDropped = _traffic.MessagesDropped,
        LastRoundTrip = _lastRoundTrip,
    };

    private void CountLimit(WebSocketLimit? limit)
    {
        if (limit is { } reached)
        {
            _services.Metrics.LimitReached(reached);
        }
    }
}
