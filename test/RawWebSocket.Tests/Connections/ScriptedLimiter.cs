using System.Threading.RateLimiting;

namespace RawWebSocket.Tests.Connections;

/// <summary>An application's limiter that gives what the test says, and writes down what it was asked for.</summary>
internal sealed class ScriptedLimiter : PartitionedRateLimiter<WebSocketConnection>
{
    private readonly TaskCompletionSource _awaited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<(int Permits, TaskCompletionSource<RateLimitLease> Lease)> _waiting = new();

    /// <summary>How much it gives at once.</summary>
    public int Available { get; set; } = int.MaxValue;

    /// <summary>More than this is an error.</summary>
    public int Most { get; init; } = int.MaxValue;

    /// <summary>Whether whoever asks and waits is refused instead, and told when to ask again.</summary>
    public bool Refuses { get; set; }

    public TimeSpan? RetryAfter { get; init; }

    public List<int> Asked { get; } = [];

    public int LeasesDisposed { get; private set; }

    /// <summary>Completes when somebody waits.</summary>
    public Task Awaited => _awaited.Task;

    public bool IsDisposed { get; private set; }

    public CancellationToken Stopped { get; private set; }

    /// <summary>Gives all who wait what they wait for.</summary>
    public void Grant()
    {
        while (_waiting.TryDequeue(out var waiting))
        {
            waiting.Lease.SetResult(new Lease(this, isAcquired: true));
        }
    }

    public override RateLimiterStatistics? GetStatistics(WebSocketConnection resource) => null;

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }

    protected override RateLimitLease AttemptAcquireCore(WebSocketConnection resource, int permitCount)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(permitCount, Most);
        var given = permitCount <= Available;
        Available -= given ? permitCount : 0;
        Asked.Add(permitCount);
        return new Lease(this, given);
    }

    protected override ValueTask<RateLimitLease> AcquireAsyncCore(
        WebSocketConnection resource, int permitCount, CancellationToken cancellationToken)
    {
        var lease = AttemptAcquireCore(resource, permitCount);
        if (lease.IsAcquired || Refuses)
        {
            return new(lease);
        }

        Stopped = cancellationToken;
        var granted = new TaskCompletionSource<RateLimitLease>();
        _waiting.Enqueue((permitCount, granted));
        _awaited.TrySetResult();
        return new(granted.Task.WaitAsync(cancellationToken));
    }

    private sealed class Lease(ScriptedLimiter limiter, bool isAcquired) : RateLimitLease
    {
        public override bool IsAcquired => isAcquired;

        public override IEnumerable<string> MetadataNames => limiter.RetryAfter is null ? [] : [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = limiter.RetryAfter;
            return metadata is not null && metadataName == MetadataName.RetryAfter.Name;
        }

        protected override void Dispose(bool disposing)
        {
            limiter.LeasesDisposed++;
            base.Dispose(disposing);
        }
    }
}
