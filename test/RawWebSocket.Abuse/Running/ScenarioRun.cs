using System.Diagnostics;
using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;
using RawWebSocket.Abuse.Scenarios;
using RawWebSocket.Abuse.Server;

namespace RawWebSocket.Abuse.Running;

/// <summary>Runs one scenario against a server of its own: before, during, afterwards.</summary>
/// <param name="scenario">What is done.</param>
/// <param name="host">The server's host, unless the scenario has one.</param>
/// <param name="progress">Told what is going on.</param>
/// <param name="cancellationToken">Gives up.</param>
internal sealed class ScenarioRun(Scenario scenario, ServerHost host, Progress progress, CancellationToken cancellationToken)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Baseline = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyDictionary<string, string> _settings =
        scenario.Settings.On(scenario.Host == ServerHost.Default ? host : scenario.Host);

    /// <summary>Runs it. What goes wrong is its outcome; only being interrupted is thrown.</summary>
    public async Task<Outcome> RunAsync()
    {
        var begun = Stopwatch.GetTimestamp();
        progress.Say($"{scenario.Name}: {scenario.Abuse}");
        Outcome outcome;
        try
        {
            outcome = await PerformAsync();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            var verdict = new Verdict();
            verdict.Demand("the scenario comes to its end", holds: false, exception.Message);
            outcome = OutcomeWith(exception.Message, "", "", verdict);
        }

        progress.Say($"{scenario.Name}: {(outcome.Verdict.Passed ? "passed" : "FAILED")}");
        return outcome with { Took = Stopwatch.GetElapsedTime(begun) };
    }

    private async Task<Outcome> PerformAsync()
    {
        using var server = await ServerProcess.StartAsync(_settings, scenario.Environment, scenario.ContainerMiB, cancellationToken);
        await WarmUp.RunAsync(server.Port, cancellationToken);
        using var canary = new Canary(server.Port, scenario.StallsServer ? scenario.Limit : null);
        using var attackers = new AttackerProcess(
            [scenario.Name, $"{server.Port}", $"{scenario.Limit.TotalSeconds}"], progress, cancellationToken);
        await Task.Delay(Pause, cancellationToken);
        await server.CollectAsync(cancellationToken);
        canary.Take();
        await Task.Delay(Baseline, cancellationToken);

        var calm = canary.Take();
        var before = new ServerState(await server.ReadStatsAsync(cancellationToken), server.ReadVitals());
        await using var memory = new MemoryWatch(server);
        var stage = new Stage(server, attackers, canary, scenario.Limit, cancellationToken);
        var bystanders = new Bystanders(() =>
            Environment.CpuUsage.TotalTime.TotalSeconds + server.ReadProcessorSeconds() + attackers.ReadProcessorSeconds());
        attackers.Go();
        await scenario.DirectAsync(stage);
        var stormy = canary.Take();
        var taken = bystanders.Describe();
        await memory.StopAsync();

        var recovery = new Recovery(before, scenario.RecoveryLimit);
        var after = scenario.EndsServer ? before : await recovery.AwaitAsync(server, cancellationToken);
        var seen = new Evidence(stage, before.Stats, after.Stats);
        var verdict = new Verdict();
        scenario.Judge(seen, verdict);
        CommonDemands.JudgeCanary(canary, stormy, scenario, verdict, taken);
        CommonDemands.JudgeMemory(memory, scenario, verdict);
        if (scenario.Recovers)
        {
            recovery.Judge(after, verdict);
        }

        return OutcomeWith(scenario.Describe(seen), CommonDemands.Describe(memory, scenario), $"{calm} → {stormy}", verdict);
    }

    private Outcome OutcomeWith(string response, string memory, string canary, Verdict verdict) => new(
        scenario.Name, scenario.Abuse, SettingsText.Of(_settings), response, memory, canary, TimeSpan.Zero, verdict);
}
