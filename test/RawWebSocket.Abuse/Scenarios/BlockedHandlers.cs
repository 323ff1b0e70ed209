using System.Diagnostics;
using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;
using RawWebSocket.Abuse.Server;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>Handlers that block on their own close, and then, when the host stops, in OnStopping.</summary>
/// <param name="host">The server's host.</param>
internal sealed class BlockedHandlers(ServerHost host) : Scenario
{
    private const int Closing = 8;
    private const int Stopping = 50;
    private const int HostSeconds = 10;

    public override string Name => NameOn("blocked-handlers", host);

    public override ServerHost Host => host;

    public override string Abuse =>
        $"{Closing} handlers block on CloseAsync; then the host stops, and {Stopping} OnStopping sleep for half a second each";

    public override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["shutdownTimeoutSeconds"] = $"{HostSeconds}",
        ["WebSockets:CloseTimeout"] = "00:00:02",
    };

    public override int MemoryCeiling => 64;

    public override TimeSpan Limit => TimeSpan.FromSeconds(30);

    // On the transport each of those who block has the loop's thread, one here, until the loop is given another: 200 ms at most. On a tuned
    // host they have the threads that poll the sockets, two here, until CloseTimeout and two beats are over: each twice, because an endpoint
    // is moved away after its second offence.
    public override double SlowestP99 => host == ServerHost.Transport ? 2000 : 8000;

    public override bool EndsServer => true;

    public override async Task AttackAsync(Attack attack)
    {
        var closing = attack.CrowdAsync(Closing, async _ =>
        {
            using var client = await attack.OpenAsync("/blocking-close");
            if (client is not null)
            {
                await client.SendAsync(ClientFrame.Of(Opcode.Text, "close"u8), attack.End);
                await attack.SitOutAsync(client, "blocked", Manners.All);
            }
        });
        await closing;
        await attack.CrowdAsync(Stopping, async _ =>
        {
            using var client = await attack.OpenAsync("/blocking-stop");
            attack.TakePosition(Stopping);
            if (client is not null)
            {
                await attack.SitOutAsync(client, "stopping", Manners.All);
            }
        });
    }

    public override async Task DirectAsync(Stage stage)
    {
        await stage.AwaitHoldingAsync();
        var stats = await stage.Server.ReadStatsAsync(stage.Cancellation);
        stage.Measured["blocked closures"] = stats.Closures
            .Where(static closure => closure.Key.StartsWith("1006 for CloseTime", StringComparison.Ordinal))
            .Sum(static closure => closure.Value);
        stage.Measured["open"] = await stage.CountOpenAsync(expected: Stopping);
        var begun = Stopwatch.GetTimestamp();
        await stage.Server.StopAsync(stage.Cancellation);
        await stage.Server.WaitForExitAsync(stage.Cancellation).WaitAsync(TimeSpan.FromSeconds(3 * HostSeconds), stage.Cancellation);
        stage.Measured["seconds"] = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        stage.Canary.WaitForEnd(TimeSpan.FromSeconds(5));
        await stage.AwaitAttackersAsync();
    }

    public override void Judge(Evidence seen, Verdict verdict)
    {
        verdict.DemandCount("blocked closes that came to their end", Closing, (long)seen.Stage.Measured["blocked closures"]);
        verdict.DemandCount("peers of blocked closes that saw 1000 and the end", Closing, seen.Saw("blocked: close 1000"));
        verdict.DemandCount("connections open before the stop", Stopping, (long)seen.Stage.Measured["open"]);
        verdict.DemandCount("given 1001 when the host stopped", Stopping, seen.Saw("stopping: close 1001"));
        verdict.DemandAtMost("the process ends within", HostSeconds, seen.Stage.Measured["seconds"], "s");
        verdict.Demand("the well-behaved client is given 1001", seen.Stage.Canary.CloseCode == 1001, seen.Stage.Canary.End ?? "still open");
    }

    public override string Describe(Evidence seen) => FormattableString.Invariant(
        $"{seen.Saw("blocked: close 1000")} × 1000 while blocked; stopped in {seen.Stage.Measured["seconds"]:0.0} s; {seen.Saw("stopping: close 1001")} × 1001");
}
