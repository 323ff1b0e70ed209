using System.Diagnostics;
using RawWebSocket.Connections.Lifetime;
using RawWebSocket.Connections.Sending;

namespace RawWebSocket.Connections;

/// <content>The end that comes by itself: no message for too long, a long life, or a ticket that has expired.</content>
internal sealed partial class Connection
{
    private Expiry _expiry;

    private void CheckExpiry(long now)
    {
        // It is closing already, and by when that must be done is the deadline's to say.
        if (_ending?.Deadline is not null)
        {
            return;
        }

        if (_ending?.ExpiredAt is { } since)
        {
            // The close frame waits behind what is being sent, for which an expired connection may take no longer than for closing.
            if (Shared.Time.GetElapsedTime(since, now) >= Options.CloseTimeout)
            {
                Abort($"What was being sent when the connection expired took longer than {Options.CloseTimeout.TotalSeconds:0.###} s.");
            }
        }
        else if (_expiry.Judge(
            Options,
            _opening.AuthenticatedUntil,
            Shared.Time,
            now,
            _traffic.Messages,
            isReceiving: _loop.Unfinished != 0 || _loop.DealsWithMessage) is { } limit)
        {
            End.ExpiredAt = now;
            StartClose(Options.ExpiredCloseStatus, ExpiryReason(limit), StreamedMessage.IsFinished, limit);
        }
    }

    private string ExpiryReason(WebSocketLimit limit) => limit switch
    {
        WebSocketLimit.Authentication => "The authentication has expired.",
        WebSocketLimit.Lifetime => "The connection has lived as long as it may.",
        WebSocketLimit.IdleTime => $"There was no message for {Options.IdleTimeout.TotalSeconds:0.###} s.",
        _ => throw new UnreachableException($"{limit} is no expiry."),
    };
}
