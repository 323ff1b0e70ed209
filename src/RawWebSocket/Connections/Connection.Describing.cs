using Microsoft.Extensions.Logging;
using RawWebSocket.Diagnostics;

namespace RawWebSocket.Connections;

/// <content>What is told of the connection when it has ended.</content>
internal sealed partial class Connection
{
    private static readonly TimeSpan NoRoundTrip = Timeout.InfiniteTimeSpan;

    private Traffic _traffic;
    private TimeSpan _lastRoundTrip = NoRoundTrip;

    /// <summary>
    /// Whether it has ended, so that aborting it gives nothing back: what it still holds its application is looking at, or is on its way.
    /// </summary>
    public bool HasEnded => IsAborted || IsCompleted;

    private void TellOpened()
    {
        Shared.Metrics.ConnectionOpened();

        // The id becomes a string, which the connection keeps, only for those who read it.
        if (Shared.Logger.IsEnabled(LogLevel.Information))
        {
            Log.Opened(Shared.Logger, Id, Request.Path, Subprotocol ?? "none", Extensions ?? "none");
        }
    }

    /// <summary>Gives back what is held to compress better, if it has not been used for a while or memory is scarce.</summary>
    public void ParkCompression()
    {
        _sends.Compression?.Park();
        _decompression?.Park();
    }

    private void Tell(WebSocketClosure closure)
    {
        Shared.Metrics.ConnectionClosed(closure);
        Log.Closed(Shared.Logger, Id, Request.Path, closure);
        if (closure.Received is { Reason.Length: > 0 } frame)
        {
            Log.CloseReason(Shared.Logger, Id, frame.Reason);
        }
    }

    private WebSocketClosure Described(WebSocketClosure closure) => closure with
    {
        Sent = _sends.Controls.WrittenClose,
        Received = _ending?.Received,
        Exception = closure.Exception ?? HandlerException,
        Lifetime = Shared.Time.GetElapsedTime(_expiry.BeganAt),
        MessagesReceived = _traffic.MessagesReceived,
        MessagesSent = _traffic.MessagesSent,
        BytesReceived = _traffic.BytesReceived,
        BytesSent = _traffic.BytesSent,
        MessagesDropped = _belongings?.MessagesDropped ?? 0,
        LastRoundTrip = _lastRoundTrip == NoRoundTrip ? null : _lastRoundTrip,
    };

    // An end without an answer says more with what led to it.
    private string WhyItWasClosing
    {
        get
        {
            if (_ending?.OwnClose is not { } own)
            {
                return "";
            }

            var exception = HandlerException is { } thrown ? $", after the application threw {thrown.GetType().FullName}" : "";
            var limit = own.Limit is { } reached ? $", for the limit {reached.Tag()}" : "";
            var reason = own.Reason.Length > 0 ? $": {own.Reason}" : ".";
            return $" This side had begun to close it with {(int)own.Code}{limit}{exception}{reason}";
        }
    }

    private void CountLimit(WebSocketLimit? limit)
    {
        if (limit is { } reached)
        {
            Shared.Metrics.LimitReached(reached);
        }
    }
}
