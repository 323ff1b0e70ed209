using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <summary>How fast one connection's peer may send messages and bytes. Used by the receive loop, after each read.</summary>
internal sealed class ReceiveRates(
    EndpointRates limits, WebSocketConnection connection, IReceiveObserver observer, Signal changed, TimeProvider time)
{
    private readonly RateAccount? _messages = limits.Messages is { } messages ? new(messages, connection, time) : null;
    private readonly RateAccount? _bytes = limits.Bytes is { } bytes ? new(bytes, connection, time) : null;

    private volatile bool _isSettling;

    /// <summary>Whether <see cref="SettleAsync"/> goes on; when it ends, the signal is set.</summary>
    public bool IsSettling => _isSettling;

    /// <summary>Charges what a read has brought; false when there is a debt that cannot be paid at once.</summary>
    public bool TrySpend(int messages, long bytes)
    {
        _messages?.Spend(messages);
        _bytes?.Spend(bytes);
        return (_messages?.TryPay() ?? true) & (_bytes?.TryPay() ?? true);
    }

    /// <summary>Pays the debt, however long that takes; or gives what the peer is to be failed with.</summary>
    public async Task<ProtocolFault?> SettleAsync(CancellationToken stopped)
    {
        _isSettling = true;
        try
        {
            return await SettleOneAsync(_messages, stopped).ConfigureAwait(false) ?? await SettleOneAsync(_bytes, stopped).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            _isSettling = false;
            changed.Set();
        }
    }

    private async ValueTask<ProtocolFault?> SettleOneAsync(RateAccount? account, CancellationToken stopped)
    {
        if (account is not { HasDebt: true })
        {
            return null;
        }

        var fault = account.Limit.Fault;
        if (limits.Action == RateLimitAction.Close)
        {
            return fault;
        }

        observer.OnLimitReached(fault.Limit!.Value);
        await account.PayAsync(stopped).ConfigureAwait(false);
        return null;
    }
}
