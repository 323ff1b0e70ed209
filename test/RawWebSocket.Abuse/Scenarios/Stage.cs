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

    public Task PauseAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), cancellationToken);
}
