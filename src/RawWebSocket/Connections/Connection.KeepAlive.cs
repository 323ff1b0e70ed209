using System.Buffers;
using RawWebSocket.Connections.Lifetime;
using RawWebSocket.Connections.Receiving;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Connections.Timing;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <content>Pings, pongs and the peer's silence (RFC 6455 sections 5.5.2 and 5.5.3).</content>
internal sealed partial class Connection : IReceiveOwner, IReceiveTally, IPingObserver
{
    private KeepAlive _keepAlive;

    // Only there from one beat that finds something under way to one that does not.
    private Clocks? _clocks;

    public override ValueTask<TimeSpan?> PingAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Span<byte> payload = stackalloc byte[PingTracker.PayloadSize];
        var roundTrip = Pings.Begin(payload, PeersNow);
        _sends.Controls.SendPing(payload);
        return new ValueTask<TimeSpan?>(roundTrip.WaitAsync(cancellationToken));
    }

    public override void SendPong(ReadOnlySpan<byte> payload)
    {
        if (payload.Length > FrameHeader.MaxControlPayload)
        {
            throw new ArgumentException(
                $"A pong carries at most {FrameHeader.MaxControlPayload} bytes (RFC 6455 section 5.5), not {payload.Length}.",
                nameof(payload));
        }

        _sends.Controls.SendPong(payload);
    }

    /// <summary>Looks at every time limit. Called once a beat, by the timer's thread.</summary>
    /// <param name="now">The timestamp by the clock that peers are held to.</param>
    public void OnHeartbeat(long now)
    {
        _loop.Run?.Check(Shared.Time.GetTimestamp());
        if (_transport.Lost.IsCancellationRequested)
        {
            WatchTransport();
        }
        else if (_loop.IsHeldBack && _ending?.Deadline is null && _transport.HasReset(Gate))
        {
            OnTransportLost();
        }

        CheckDeadline(now);
        CheckExpiry(now);
        _belongings?.Pings?.Expire(Options.KeepAliveTimeout, now);

        GiveBackInput();
        var (flush, bytes) = _sends.UnderWay;
        _clocks = _loop.Unfinished == 0 && flush == 0 ? null : _clocks ?? new Clocks();
        if (IsSendStuck(now, flush, bytes))
        {
            Abort(
                $"The peer did not read for {Options.SendTimeout.TotalSeconds:0.###} s while something was sent to it.",
                WebSocketLimit.SendTime);
            return;
        }

        _received.Trim();
        _sends.Trim();
        ParkCompression();
        JudgePeer(now);
        ForgetLastLook();
    }

    private void JudgePeer(long now)
    {
        var wasHeldBack = TakeUnheard();
        if (IsMessageTooSlow(now, wasHeldBack) && !_sends.Controls.HasClose && MayBlame(LastLook.ForMessage))
        {
            StartClose(ProtocolFault.MessageTooSlow);
        }

        // Whoever is not being read cannot be told from the dead, and has to be heard again first.
        // Written only when it is true: the receive loop sets it at the same time, and what it heard must not be lost.
        if (wasHeldBack)
        {
            _keepAlive.Heard = true;
        }

        if (wasHeldBack || _ending?.Deadline is not null)
        {
            return;
        }

        switch (_keepAlive.Judge(Options, Shared.Time, now))
        {
            case KeepAlive.Verdict.Ping:
                _sends.Controls.SendPing([]);
                break;
            case KeepAlive.Verdict.Dead when MayBlame(LastLook.ForSilence):
                AbortSilent();
                break;
        }
    }

    // Whether the peer could not be heard since the last beat, and that was this side's doing: it is not read, the application keeps the
    // thread that would read it, or another stream of its HTTP/2 connection is not read and has used up the window that both share.
    private bool TakeUnheard() => _loop.TakeHeldBack() | _loop.IsInBatch | _transport.TakeHeldBackByOthers();

    void IReceiveOwner.OnHeldBack(bool holds) => _transport.HoldBack(holds);

    void IReceiveOwner.OnLookAway() => WatchTransport();

    void IReceiveOwner.OnApplicationFailed(Exception exception)
    {
        End.HandlerException ??= exception;
        LogHandlerFailure(exception);
    }

    void IReceiveTally.OnLimitReached(WebSocketLimit limit) => CountLimit(limit);

    void IReceiveTally.OnReceived(long bytes)
    {
        if (bytes > 0)
        {
            _keepAlive.Heard = true;
        }

        if (_lastLook >= LastLook.ForSilence)
        {
            OnLooked(bytes);
        }

        _traffic.BytesReceived += bytes;
        Shared.Metrics.BytesReceived(bytes);
    }

    void IReceiveTally.OnPartReceived() => _traffic.PartsReceived++;

    void IReceiveTally.OnMessagesReceived(int count)
    {
        _traffic.MessagesReceived += count;
        Shared.Metrics.MessagesReceived(count);
    }

    void IPingObserver.OnPingOrPong(in Incoming frame)
    {
        Span<byte> bytes = stackalloc byte[FrameHeader.MaxControlPayload];
        frame.Payload.CopyTo(bytes);
        var payload = bytes[..(int)frame.Payload.Length];
        if (frame.Kind == IncomingKind.Pong)
        {
            _lastRoundTrip = (payload.IsEmpty ? _keepAlive.OnPong(Shared.Time, PeersNow) : _belongings?.Pings?.OnPong(payload)) ?? _lastRoundTrip;
        }

        try
        {
            TellHandler(frame.Kind, payload);
        }
        catch (Exception exception)
        {
            FailHandler(exception);
        }
    }

    // For what is not the receive loop's to find: it reads on until the peer's close frame.
    private void StartClose(ProtocolFault fault) => StartClose(fault.Code, fault.Reason, StreamedMessage.IsInterrupted, fault.Limit);

    private bool IsMessageTooSlow(long now, bool wasHeldBack) =>
        _clocks?.Message.IsOver(Shared.Time, now, _loop.Unfinished, Options.MessageTimeout, wasHeldBack) == true;

    // The same flush as at an earlier beat, for too long.
    private bool IsSendStuck(long now, int flush, long bytes) =>
        Options.SendTimeout != Timeout.InfiniteTimeSpan
        && _clocks?.Flush.IsOver(Shared.Time, now, flush, TimeToSend(bytes)) == true;

    private TimeSpan TimeToSend(long bytes) => Options.SendTimeout * Math.Max(1, bytes / MessageWriter.Chunk);

    private void TellHandler(IncomingKind kind, ReadOnlySpan<byte> payload)
    {
        switch (kind)
        {
            case IncomingKind.Pong:
                _activated.Handler?.OnPong(this, payload);
                break;
            case IncomingKind.Ping when _activated.Handler is { } handler:
                handler.OnPing(this, payload);
                break;
            case IncomingKind.Ping:
                _sends.Controls.SendPong(payload);
                break;
        }
    }

    /// <summary>What the heartbeat times: the message or frame that the peer sends, and the flush that it holds up.</summary>
    private sealed class Clocks
    {
        public OverdueClock Message;
        public OverdueClock Flush;
    }
}
