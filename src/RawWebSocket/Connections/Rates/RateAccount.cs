using System.Threading.RateLimiting;

namespace RawWebSocket.Connections.Rates;

/// <summary>
/// What one connection may still send under one <see cref="RateLimit"/>. It runs into debt first, since what has come has come, and pays
/// before more is read.
/// </summary>
internal sealed class RateAccount(RateLimit limit, WebSocketConnection connection, TimeProvider time)
{
    private static readonly TimeSpan UsualRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan SoonestRetry = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LatestRetry = TimeSpan.FromDays(1);

    private long _credit = limit.Chunk;
    private int _largestPart = limit.LargestPart;

    public RateLimit Limit => limit;

    public bool HasDebt => _credit < 0;

    private int NextPart => (int)Math.Min(Math.Max(-_credit, limit.Chunk), _largestPart);

    public void Spend(long count) => _credit -= count;

    /// <summary>Pays the debt if that can be done at once; false when it cannot.</summary>
    public bool TryPay()
    {
        while (HasDebt)
        {
            var part = NextPart;
            try
            {
                using var lease = limit.Limiter.AttemptAcquire(connection, part);
                if (!lease.IsAcquired)
                {
                    return TryPayJustTheDebt(part);
                }

                _credit += part;
            }
            catch (ArgumentOutOfRangeException) when (part > 1)
            {
                ShrinkParts(part);
            }
        }

        return true;
    }

    // There may be enough for what is owed, though not for more in advance.
    private bool TryPayJustTheDebt(int refused)
    {
        if (-_credit >= refused)
        {
            return false;
        }

        using var lease = limit.Limiter.AttemptAcquire(connection, (int)-_credit);
        _credit = lease.IsAcquired ? 0 : _credit;
        return lease.IsAcquired;
    }

    /// <summary>Pays the debt, however long that takes.</summary>
    public async Task PayAsync(CancellationToken stopped)
    {
        while (HasDebt)
        {
            var part = NextPart;
            try
            {
                using var lease = await limit.Limiter.AcquireAsync(connection, part, stopped).ConfigureAwait(false);
                if (lease.IsAcquired)
                {
                    _credit += part;
                }
                else
                {
                    await Task.Delay(RetryAfter(lease), time, stopped).ConfigureAwait(false);
                }
            }
            catch (ArgumentOutOfRangeException) when (part > 1)
            {
                ShrinkParts(part);
            }
        }
    }

    // A limiter throws when it is asked for more than it ever gives, and does not tell how much that is.
    private void ShrinkParts(int refused) => _largestPart = refused / 2;

    private static TimeSpan RetryAfter(RateLimitLease lease)
    {
        if (!lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter))
        {
            return UsualRetry;
        }

        return retryAfter < SoonestRetry ? SoonestRetry : retryAfter > LatestRetry ? LatestRetry : retryAfter;
    }
}
