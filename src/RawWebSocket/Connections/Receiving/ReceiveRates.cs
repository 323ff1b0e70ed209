using RawWebSocket.Connections.Rates;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Receiving;

/// <summary>How fast one connection's peer may send messages and bytes. Used by the receive loop, after each read.</summary>
internal sealed class ReceiveRates(
    EndpointRates limits,
    WebSocketConnection connection,
    IReceiveOwner owner,
    IReceiveTally tally,
    ReceiveQueue received,
    TimeProvider time)
{
    private readonly RateAccount? _messages = limits.Messages is { } messages ? new(messages, connection, time) : null;
    private readonly RateAccount? _bytes = limits.Bytes is { } bytes ? new(bytes, connection, time) : null;

    private volatile bool _isSettling;

    /// <summary>Whether <see cref="SettleAsync"/> goes on; when it ends, a change is signalled.</summary>
    public bool IsSettling => _isSettling;

    /// <summary>Whether so much is to be paid for before anything more is looked at.</summary>
    public bool IsBatchOver(int messages, long bytes) =>
        messages >= limits.Messages?.Batch || bytes >= limits.Bytes?.Batch;

    /// <summary>Charges what a read has brought; false when there is a debt to settle before the next.</summary>
    public bool TrySpend(int messages, long bytes)
    {
        _messages?.Spend(messages);
        _bytes?.Spend(bytes);
        return _messages is not { HasDebt: true } && _bytes is not { HasDebt: true };
    }

    /// <summary>Pays the debt, however long that takes; or gives what the peer is to be failed with.</summary>
    /// <param name="isExcused">What came has piled up while the peer was not being read, so it is held back whatever the action.</param>
    /// <param name="stopped">Stops waiting.</param>
    public async Task<ProtocolFault?> SettleAsync(bool isExcused, CancellationToken stopped)
    {
        _isSettling = true;
        try
        {
            return await SettleOneAsync(_messages, isExcused, stopped).ConfigureAwait(false)
                ?? await SettleOneAsync(_bytes, isExcused, stopped).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception exception)
        {
            // Only a limiter of the application's own throws.
            owner.OnApplicationFailed(exception);
            return ProtocolFault.LimiterFailed;
        }
        finally
        {
            _isSettling = false;

            // A signal that is set already is not set again, and must not be taken by one that does not see the line above.
            Interlocked.MemoryBarrier();
            received.SignalChange();
        }
    }

    private async ValueTask<ProtocolFault?> SettleOneAsync(RateAccount? account, bool isExcused, CancellationToken stopped)
    {
        if (account is null || account.TryPay())
        {
            return null;
        }

        var fault = account.Limit.Fault;
        if (limits.Action == RateLimitAction.Close && !isExcused)
        {
            return fault;
        }

        tally.OnLimitReached(fault.Limit!.Value);
        await account.PayAsync(stopped).ConfigureAwait(false);
        return null;
    }
}
