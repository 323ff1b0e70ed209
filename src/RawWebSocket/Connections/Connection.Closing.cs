using System.Net.WebSockets;
using System.Text;
using RawWebSocket.Connections.Lifetime;
using RawWebSocket.Connections.Receiving;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <content>The end (RFC 6455 section 7): who closes, in which order, and by when.</content>
internal sealed partial class Connection
{
    private const string NoCloseFrame = "The peer ended the connection without a closing handshake.";

    public override CancellationToken Stopping => Shared.Stopping;

    private string NoAnswer => $"The closing handshake was not finished within {Options.CloseTimeout.TotalSeconds:0.###} s.";

    /// <summary>Whether the transport has been dropped by this side; it may take a little until everything has noticed.</summary>
    public bool IsAborted => _ending?.Abort is not null;

    public override Task<WebSocketClosure> CloseAsync(
        WebSocketCloseStatus code = WebSocketCloseStatus.NormalClosure,
        string? reason = null,
        CancellationToken cancellationToken = default)
    {
        if (!ClosePayload.MayBeSent(code))
        {
            throw new ArgumentException(
                $"The close code {(int)code} may not be sent. Use 1000 to 1003, 1007 to 1014 or 3000 to 4999 (RFC 6455 section 7.4).",
                nameof(code));
        }

        reason ??= "";
        OutgoingText.ThrowIfNotUtf16(reason, nameof(reason));
        if (Encoding.UTF8.GetByteCount(reason) > ClosePayload.MaxReasonBytes)
        {
            throw new ArgumentException(
                $"The close reason is longer than {ClosePayload.MaxReasonBytes} bytes of UTF-8 (RFC 6455 section 5.5).", nameof(reason));
        }

        StartClose(code, reason, StreamedMessage.IsFinished);
        return Completion.WaitAsync(cancellationToken);
    }

    /// <summary>Queues this side's close frame, unless it has closed already.</summary>
    /// <param name="code">The code.</param>
    /// <param name="reason">The reason.</param>
    /// <param name="streamed">What becomes of a message that is being sent in fragments.</param>
    /// <param name="limit">The limit that the peer has reached, if it is closed for one.</param>
    public void StartClose(WebSocketCloseStatus code, string reason, StreamedMessage streamed, WebSocketLimit? limit = null)
    {
        var close = new WebSocketClosure(code, reason, ClosedBy.Server) { Limit = limit };
        if (Interlocked.CompareExchange(ref End.OwnClose, close, null) is null)
        {
            End.StalledSince = PeersNow;
            Volatile.Write(ref End.StalledAtPart, _traffic.PartsSent);
            CountLimit(limit);
            if (limit is not null && streamed == StreamedMessage.IsInterrupted)
            {
                // A peer that is sent away for what it did may not choose how long its close frame waits behind what it does not read.
                Interlocked.CompareExchange(ref End.Deadline, new Deadline(PeersNow, NoAnswer), null);
            }

            _ = AwaitPeersCloseAsync(_sends.Controls.CloseAsync(new ClosePayload(code, reason), streamed));

            // The receive loop may be waiting for the application; from now on it discards, and waits for nothing but the peer's close.
            _received.SignalChange();
        }
    }

    /// <summary>Whether it has a handler that is to be told when the host stops.</summary>
    public bool WantsToBeTold => _activated.Handler is not null;

    /// <summary>Tells the handler that the host stops; the close follows. In the context of its other calls.</summary>
    public void TellStopping()
    {
        if (IsCompleted || _activated.Handler is null)
        {
            return;
        }

        try
        {
            _received.RunInContext(
                static connection => ((Connection)connection!)._activated.Handler!.OnStopping((Connection)connection), this);
        }
        catch (Exception exception)
        {
            LogHandlerFailure(exception);
        }
    }

    // The peer's time begins when it can have seen our close frame.
    private async Task AwaitPeersCloseAsync(Task<SendResult> ownClose)
    {
        await ownClose.ConfigureAwait(false);
        var deadline = new Deadline(PeersNow, NoAnswer) { AwaitsDelivery = End.OwnClose!.Limit is null };
        Interlocked.CompareExchange(ref End.Deadline, deadline, null);
    }

    public override void Abort() => Abort("The application aborted the connection.");

    /// <summary>Drops the transport.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="limit">The limit that the peer has reached, if it is dropped for one.</param>
    /// <param name="exception">What went wrong, if that is why.</param>
    public void Abort(string reason, WebSocketLimit? limit = null, Exception? exception = null)
    {
        var abort = new WebSocketClosure(WebSocketClosure.Abnormal, reason, ClosedBy.Transport) { Limit = limit, Exception = exception };
        if (IsCompleted || Interlocked.CompareExchange(ref End.Abort, abort, null) is not null)
        {
            return;
        }

        CountLimit(limit);

        // Before anything else can hand it over, and at once: the rest of the end may have to wait for the application.
        _received.Drop();
        _sends.Abandon();
        DropTransport();
        OnTransportLost();
    }

    private void DropTransport()
    {
        _transport.Abort(Gate);
        TurnLoop();
    }

    // Lets the loop turn once more. Some transports would run it in this very call, and the application with it, which may block: whoever
    // calls this, the heartbeat for one, has others to care for.
    private void TurnLoop()
    {
        if (Shared.SendsInline || !_transport.TellsReader)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static input => input.CancelPendingRead(), _loop.Input, preferLocal: false);
        }
        else
        {
            _loop.Input.CancelPendingRead();
        }
    }

    /// <summary>
    /// Drops the transport, of one that is closed, too, and has not come to its end: nobody may hold up the end of the host.
    /// </summary>
    public void AbortAtLast(string reason, WebSocketLimit limit)
    {
        Abort(reason, limit);
        if (IsCompleted)
        {
            DropTransport();
        }
    }

    // Mostly the receive loop has seen the same. When it waits for the application it has not, and the application may wait for nothing.
    private void OnTransportLost()
    {
        Interlocked.CompareExchange(ref End.Deadline, new Deadline(PeersNow, NoCloseFrame), null);
        TripClosed();
        _received.SignalChange();
    }

    // Elsewhere, because the application's own callbacks run, and this may be the receive loop's thread.
    private void TripClosed() => _ = ClosedSource.CancelAsync();

    /// <summary>From the last thing the peer said to the closure: answers what came before, then closes.</summary>
    private async Task<WebSocketClosure> CloseAsync(LastWord? last)
    {
        Pings.Stop();
        TripClosed();
        End.Received = last is { Close: { } received } ? new(received.Code, received.Reason) : null;
        var closure = last switch
        {
            { Close: not null } when End.OwnClose is { } own => await FinishAsync(own).ConfigureAwait(false),
            { Close: { } close } => await AnswerAsync(close).ConfigureAwait(false),
            { Fault: { } fault } => await FailAsync(fault).ConfigureAwait(false),
            _ => LostWithoutClose(),
        };
        StartDeadline(NoAnswer, awaitsDelivery: last?.Fault is null);
        await _sends.StopAsync().ConfigureAwait(false);
        _sends.Compression?.Release();
        return Described(closure);
    }

    // Our close frame may still be on its way out when the peer's comes, if both closed at once.
    private async Task<WebSocketClosure> FinishAsync(WebSocketClosure own)
    {
        await SendCloseAsync(new ClosePayload(own.Code, own.Reason), awaitsDelivery: own.Limit is null).ConfigureAwait(false);
        return own;
    }

    // Section 5.5.1: "If an endpoint receives a Close frame and did not previously send a Close frame, the endpoint MUST send a
    // Close frame in response."
    private async Task<WebSocketClosure> AnswerAsync(ClosePayload close)
    {
        await DrainAsync().ConfigureAwait(false);
        await SendCloseAsync(close with { Reason = "" }, awaitsDelivery: true).ConfigureAwait(false);
        return new WebSocketClosure(close.Code, close.Reason, ClosedBy.Peer);
    }

    // Section 7.1.7: the close frame goes out, and the server then ends the connection without waiting for the peer.
    private async Task<WebSocketClosure> FailAsync(ProtocolFault fault)
    {
        CountLimit(fault.Limit);
        await DrainAsync().ConfigureAwait(false);

        // The first close counts, here as in the send queue: one that comes while this frame is on its way is too late.
        var failure = new WebSocketClosure(fault.Code, fault.Reason, ClosedBy.Server) { Limit = fault.Limit };
        var first = Interlocked.CompareExchange(ref End.OwnClose, failure, null) ?? failure;
        var sent = await SendCloseAsync(new ClosePayload(first.Code, first.Reason), awaitsDelivery: false).ConfigureAwait(false);
        return sent == SendResult.Closed && IsAborted ? LostWithoutClose(fault.Limit) : first;
    }

    // A peer that still sends would make TCP forget what the peer has not read yet, our close frame with it.
    // A stream that the server ends while its peer has not is reset, so the peer is given the time to end it, too; by when, the deadline
    // knows.
    private Task LingerAsync(LastWord? last) =>
        !EndsGracefully(last) ? Task.CompletedTask
        : _transport.EndsByHalves && last is not null ? Lingering.DiscardToEndAsync(_loop.Input, Shared.Time, _transport.Lost)
        : _transport.MayReset && (HasGivenUp || last is { Fault: not null } || (last is not null && _loop.HasLeftUnread))
            ? Lingering.DiscardAsync(_loop.Input, Shared.Time, Shared.Open.Peers, Options.CloseTimeout)
        : Task.CompletedTask;

    // The peer learns that nothing more comes whether the application has come to its end or not.
    private Task EndOutputAsync(LastWord? last) =>
        _transport.EndsByHalves && EndsGracefully(last) ? _transport.EndOutputAsync() : Task.CompletedTask;

    private bool EndsGracefully(LastWord? last) => (!IsAborted || HasGivenUp) && last is not { Failure: not null };

    private WebSocketClosure LostWithoutClose(WebSocketLimit? faultsLimit = null)
    {
        var lost = Volatile.Read(ref End.Abort) ?? new WebSocketClosure(WebSocketClosure.Abnormal, NoCloseFrame, ClosedBy.Transport);
        lost = lost with { Reason = lost.Reason + WhyItWasClosing };

        // A peer that was closed for a limit and did not answer has reached two; the first says more.
        return (End.OwnClose?.Limit ?? faultsLimit) is { } limit ? lost with { Limit = limit } : lost;
    }

    // What came before the end is answered before it, unless the application has closed already or takes too long.
    private async Task DrainAsync()
    {
        var deadline = StartDeadline(abortReason: null);
        while (!_received.IsDrained && !_sends.Controls.HasClose && !deadline.HasPassed && !IsAborted && !_transport.Lost.IsCancellationRequested)
        {
            await _received.WaitForChangeAsync().ConfigureAwait(false);
        }
    }

    private Task<SendResult> SendCloseAsync(ClosePayload close, bool awaitsDelivery)
    {
        StartDeadline(NoAnswer, awaitsDelivery);
        return _sends.Controls.CloseAsync(close, StreamedMessage.IsInterrupted);
    }
}
