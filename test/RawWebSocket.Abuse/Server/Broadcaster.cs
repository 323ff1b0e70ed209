namespace RawWebSocket.Abuse.Server;

/// <summary>Sends to everyone at <c>/broadcast</c>, at a fixed rate, from when it is told to until it is told not to; once.</summary>
internal sealed class Broadcaster(WebSocketGroups groups) : IDisposable
{
    public const string Group = "broadcast";

    private readonly CancellationTokenSource _quiet = new();
    private Task _task = Task.CompletedTask;
    private long _sent;

    public long Sent => Volatile.Read(ref _sent);

    public void Start(int bytes, int perSecond)
    {
        _task = Task.Run(() => RunAsync(bytes, perSecond, _quiet.Token));
    }

    public async Task StopAsync()
    {
        await _quiet.CancelAsync();
        await _task;
    }

    public void Dispose() => _quiet.Dispose();

    private async Task RunAsync(int bytes, int perSecond, CancellationToken cancellationToken)
    {
        var payload = new byte[bytes];
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1) / perSecond);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                groups.Group(Group).SendBinary(payload);
                Interlocked.Increment(ref _sent);
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }
}
