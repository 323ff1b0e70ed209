using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;

namespace RawWebSocket.Fuzz.Connections;

/// <summary>An application's own limiter, on the clock of the execution: so many permits a second, and never more at once.</summary>
internal sealed class VirtualRateLimiter(TimeProvider time, int perSecond) : PartitionedRateLimiter<WebSocketConnection>
{
    private readonly Lock _gate = new();
    private long _window = -1;
    private int _left;

    public override RateLimiterStatistics? GetStatistics(WebSocketConnection resource) => null;

    protected override RateLimitLease AttemptAcquireCore(WebSocketConnection resource, int permitCount)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(permitCount, perSecond);
        lock (_gate)
        {
            var window = time.GetTimestamp() / time.TimestampFrequency;
            (_window, _left) = window == _window ? (_window, _left) : (window, perSecond);
            var isAcquired = permitCount <= _left;
            _left -= isAcquired ? permitCount : 0;
            return new Lease(isAcquired);
        }
    }

    protected override ValueTask<RateLimitLease> AcquireAsyncCore(
        WebSocketConnection resource, int permitCount, CancellationToken cancellationToken) =>
        new(AttemptAcquireCore(resource, permitCount));

    private sealed class Lease(bool isAcquired) : RateLimitLease
    {
        private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

        public override bool IsAcquired => isAcquired;

        public override IEnumerable<string> MetadataNames => isAcquired ? [] : [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, [NotNullWhen(true)] out object? metadata)
        {
            metadata = !isAcquired && metadataName == MetadataName.RetryAfter.Name ? RetryAfter : null;
            return metadata is not null;
        }
    }
}
