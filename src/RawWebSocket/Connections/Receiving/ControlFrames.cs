using System.Buffers;
using RawWebSocket.Connections.Timing;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Receiving;

/// <summary>
/// The pings and pongs of a peer, and how many of them a second may bring (RFC 6455 sections 5.5.2 and 5.5.3). Pings beyond the limit
/// are put off to the end of the batch, where only the latest is answered.
/// </summary>
/// <remarks>Section 5.5.3: "the endpoint MAY elect to send a Pong frame for only the most recently processed Ping frame."</remarks>
/// <param name="observer">Told of each that is let through.</param>
/// <param name="tally">Told when the limit is reached.</param>
/// <param name="time">The clock.</param>
/// <param name="perSecond">The limit.</param>
/// <param name="peers">The clock that peers are held to; null in tests that have none.</param>
internal sealed class ControlFrames(IPingObserver observer, IReceiveTally tally, TimeProvider time, int perSecond, PeerClock? peers = null)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private long _windowStart;
    private long _count;
    private long? _excusedAt;

    // Lies in the transport's buffer, which is there until the batch ends.
    private ReadOnlySequence<byte> _latest;
    private bool _hasLatest;

    /// <summary>
    /// Whether what comes now may have piled up while the peer was not being read, or this side stood still: how fast it was sent cannot be
    /// known, so it is not too much.
    /// </summary>
    public bool AreExcused
    {
        get
        {
            if (peers is { IsCatchingUp: true })
            {
                Excuse();
            }

            return _excusedAt is { } since && time.GetElapsedTime(since) < Window;
        }
    }

    /// <summary>Says that the peer was not being read until now.</summary>
    public void Excuse() => _excusedAt = time.GetTimestamp();

    /// <summary>Takes a ping or pong; false when the peer sends twice as many as it may.</summary>
    public bool TryTake(in Incoming frame)
    {
        Count();
        if (_count >= 2L * perSecond && !AreExcused)
        {
            return false;
        }

        if (_count == perSecond + 1L)
        {
            tally.OnLimitReached(WebSocketLimit.ControlFrameRate);
        }

        if (_count > perSecond && frame.Kind == IncomingKind.Ping)
        {
            (_latest, _hasLatest) = (frame.Payload, true);
        }
        else
        {
            observer.OnPingOrPong(frame);
        }

        return true;
    }

    /// <summary>Answers the latest of the pings that were put off. Called at the end of each batch.</summary>
    public void AnswerLatest()
    {
        if (_hasLatest)
        {
            observer.OnPingOrPong(Incoming.Ping(_latest));
            (_latest, _hasLatest) = (default, false);
        }
    }

    private void Count()
    {
        var now = time.GetTimestamp();
        if (_count == 0 || time.GetElapsedTime(_windowStart, now) >= Window)
        {
            (_windowStart, _count) = (now, 0);
        }

        _count++;
    }
}
