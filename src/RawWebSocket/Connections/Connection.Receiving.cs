using System.Diagnostics;
using System.Runtime.CompilerServices;
using RawWebSocket.Connections.Receiving;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <content>Receiving (RFC 6455 section 6.2): what the application takes from the receive queue.</content>
internal sealed partial class Connection : IMessageHandler, IReceiveSupplies
{
    private ReceiveRates? _rates;

    ReceiveRates? IReceiveSupplies.Rates =>
        _rates ??= _endpoint.Rates.HasNone ? null : new ReceiveRates(_endpoint.Rates, this, owner: this, tally: this, _received, Shared.Time);

    long IReceiveSupplies.ReceiveAheadBytes => Options.ReceiveAheadBytes;

    MessageIntake IReceiveSupplies.RentIntake(long finished) => MessageIntake.Rent(
        _received,
        _sends,
        new DecoderTerms(Options.MaxMessageSize, Options.MaxFragmentsPerMessage, this, _decompression),
        finished);

    ControlFrames IReceiveSupplies.MakeControls() =>
        new(observer: this, tally: this, Shared.Time, Options.MaxControlFramesPerSecond, Shared.Open.Peers);

    public override ValueTask<WebSocketMessage?> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<WebSocketMessage?>(cancellationToken);
        }

        ThrowIfNotReceivable();
        return TryTakeMessage(out var message) ? new(message) : WaitForMessageAsync(cancellationToken);
    }

    public override async ValueTask<WebSocketMessageStream?> ReceiveStreamAsync(
        long maxLength = long.MaxValue, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 0);
        ThrowIfNotReceivable();
        if (!await _received.WaitAsync(Delivery.Streamed, maxLength, cancellationToken).ConfigureAwait(false)
            || !_received.TryTake(out var incoming))
        {
            return null;
        }

        if (incoming.Payload.Length > maxLength)
        {
            // It was all there before anyone said how long it may be; the outcome is the same as for one that was not.
            StartClose(ProtocolFault.MessageTooBig);
            _received.SkipMessage();
            return null;
        }

        return Own.Stream = new IncomingStream(_received, incoming);
    }

    public override void DiscardMessages()
    {
        if (_received.IsDiscarded)
        {
            return;
        }

        ThrowIfNotReceivable();
        _received.Discard();
    }

    /// <summary>Takes a whole message that is there; it stays valid until the next is taken or waited for.</summary>
    public bool TryTakeMessage(out WebSocketMessage message)
    {
        var taken = _received.TryTake(out var incoming);
        if (taken && incoming.Kind != IncomingKind.Message)
        {
            throw new UnreachableException("The rest of a stream is read or skipped before a message is asked for.");
        }

        message = taken ? new WebSocketMessage(incoming) : default;
        return taken;
    }

    /// <summary>Lets the handler wait for a message, if none is there; it is given it, or resumed.</summary>
    public HandlerTurn WaitForMessage() => _received.WaitForHandler();

    /// <summary>What the handler has begun while it waited, and not finished at once.</summary>
    public ValueTask TakeBegun() => _received.TakeBegun();

    ValueTask IMessageHandler.HandleAsync(WebSocketMessage message) => _activated.Handler!.OnMessageAsync(this, message);

    void IMessageHandler.Resume() => _applicationEnds = _activated.Application.ResumeAsync(this);

    /// <summary>Says that the application takes no more messages.</summary>
    public void FinishReceiving() => _received.Finish();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<WebSocketMessage?> WaitForMessageAsync(CancellationToken cancellationToken) =>
        await _received.WaitAsync(Delivery.Whole, 0, cancellationToken).ConfigureAwait(false) && TryTakeMessage(out var message)
            ? message
            : null;

    private void ThrowIfNotReceivable()
    {
        if (_activated.Handler is not null)
        {
            throw new InvalidOperationException(
                "This endpoint has a handler, which is given every message. To ask for messages, map the endpoint with a delegate.");
        }

        if (_received.IsDiscarded)
        {
            throw new InvalidOperationException("DiscardMessages was called: the messages of this connection are thrown away.");
        }

        if (_belongings?.Stream is { IsFinished: false })
        {
            throw new InvalidOperationException("Read the streamed message to its end, or dispose it, before the next receive.");
        }
    }
}
