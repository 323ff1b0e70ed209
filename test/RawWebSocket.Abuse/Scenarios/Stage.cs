using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Running;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>Everyone who takes part in a scenario, while it runs.</summary>
internal sealed class Stage(
    ServerProcess server, AttackerProcess attackers, Canary canary, TimeSpan limit, CancellationToken cancellationToken)
{
    // What starting a process and opening all connections may take besides.
    private static readonly TimeSpan Overhead = TimeSpan.FromSeconds(20);

    public ServerProcess Server => server;

    public AttackerProcess Attackers => attackers;

    public Canary Canary => canary;

    public CancellationToken Cancellation => cancellationToken;

    /// <summary>What the attackers saw; empty when they were killed.</summary>
    public Dictionary<string, long> Counts { get; private set; } = [];

    /// <summary>What this process saw and the report tells.</summary>
    public Dictionary<string, double> Measured { get; } = [];

    public Task AwaitHoldingAsync() => attackers.Holding.WaitAsync(limit + Overhead, cancellationToken);

    public async Task AwaitAttackersAsync() => Counts = await attackers.FinishAsync(limit + Overhead, cancellationToken);

    /// <summary>How many connections the attackers have open, as the server sees it.</summary>
    public async Task<long> CountOpenAsync() => (await server.ReadStatsAsync(cancellationToken)).Open - 1;

    /// <summary>The same, once there are as many as expected, or after a few seconds: one that has closed is there a little longer.</summary>
    public async Task<long> CountOpenAsync(long expected)
    {
        const int Tries = 20;
        var open = await CountOpenAsync();
        for (var i = 0; i < Tries && open != expected; i++)
        {
            await PauseAsync(seconds: 0.25);
            open = await CountOpenAsync();
        }

        return open;
    }

    public Task PauseAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), cancellationToken);
}
