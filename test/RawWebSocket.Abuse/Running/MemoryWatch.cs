namespace RawWebSocket.Abuse.Running;

/// <summary>Looks at the server's memory while it is attacked.</summary>
internal sealed class MemoryWatch : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly ServerProcess _server;
    private readonly CancellationTokenSource _stop = new();
    private readonly Vitals _before;
    private readonly Task _watching;
    private long _sampledPeak;

    public MemoryWatch(ServerProcess server)
    {
        _server = server;
        _before = server.ReadVitals();
        _sampledPeak = _before.ResidentBytes;
        _watching = WatchAsync();
    }

    public long BytesBefore => _before.ResidentBytes;

    /// <summary>The most there was: the system's own mark if it has moved, which misses nothing, or the largest sample.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Stops watching.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        var mark = _server.HasExited ? 0 : _server.ReadVitals().PeakResidentBytes;
        PeakBytes = mark > _before.PeakResidentBytes ? mark : _sampledPeak;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Period);
        try
        {
            while (!_server.HasExited)
            {
                _sampledPeak = Math.Max(_sampledPeak, _server.ReadResidentBytes());
                await timer.WaitForNextTickAsync(_stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }
}
