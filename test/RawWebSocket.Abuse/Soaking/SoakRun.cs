using System.Diagnostics;
using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;
using RawWebSocket.Abuse.Running;
using RawWebSocket.Abuse.Server;

namespace RawWebSocket.Abuse.Soaking;

/// <summary>Mixed traffic for a long time against a server with default options; handles, threads and memory must stay flat.</summary>
internal sealed class SoakRun(ServerHost host, TimeSpan duration, Progress progress, CancellationToken cancellationToken)
{
    // The thread pool lets go of a thread that has been idle for 20 seconds.
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(25);

    private const int Samples = 30;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public async Task<SoakReport> RunAsync()
    {
        progress.Say($"soak: mixed traffic for {duration:g} on the {host.Word()} host");
        using var server = await ServerProcess.StartAsync(
            new Dictionary<string, string>().On(host), new Dictionary<string, string>(), mebibytes: null, cancellationToken);
        await WarmUp.RunAsync(server.Port, cancellationToken);
        using var canary = new Canary(server.Port);
        using var traffic = new AttackerProcess(
            [MixedTraffic.Name, $"{server.Port}", $"{duration.TotalSeconds}"], progress, cancellationToken);
        await Task.Delay(Pause, cancellationToken);
        var before = await LookAsync(server, TimeSpan.Zero, canary);

        await server.BroadcastAsync(1024, 10, cancellationToken);
        traffic.Go();
        var samples = await WatchAsync(server, canary);
        var counts = await traffic.FinishAsync(Patience, cancellationToken);
        await server.QuietAsync(cancellationToken);

        var recovery = new Recovery(before.State, RecoveryLimit);
        var after = await recovery.AwaitAsync(server, cancellationToken);
        var verdict = new Verdict();
        SoakDemands.JudgeTraffic(counts, canary, verdict);
        SoakDemands.JudgeFlatness(samples, verdict);
        recovery.Judge(after, verdict);
        return new SoakReport([before, .. samples, new SoakSample(duration, after, canary.Take())], counts, verdict);
    }

    private async Task<List<SoakSample>> WatchAsync(ServerProcess server, Canary canary)
    {
        var samples = new List<SoakSample>();
        var begun = Stopwatch.GetTimestamp();
        while (samples.Count < Samples)
        {
            var due = duration * (samples.Count + 1) / (Samples + 1);
            await Task.Delay(due - Stopwatch.GetElapsedTime(begun) is { Ticks: > 0 } early ? early : TimeSpan.Zero, cancellationToken);
            var sample = await LookAsync(server, due, canary);
            samples.Add(sample);
            progress.Say(SoakReport.Describe(sample));
        }

        return samples;
    }

    private async Task<SoakSample> LookAsync(ServerProcess server, TimeSpan at, Canary canary)
    {
        var stats = await server.CollectAsync(cancellationToken);
        return new SoakSample(at, new ServerState(stats, server.ReadVitals()), canary.Take());
    }
}
