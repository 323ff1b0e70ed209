using System.Diagnostics;
using RawWebSocket.Benchmarks.Loading;
using RawWebSocket.Benchmarks.Reporting;

namespace RawWebSocket.Benchmarks.Holding;

/// <summary>Opens the connections and looks at the server every minute, while its pings are answered.</summary>
internal sealed class HoldRun(HoldPlan plan, int port, Progress progress, CancellationToken cancellationToken) : IDisposable
{
    // As with idle connections that are compared: what is compiled later would count as theirs.
    private const int Rehearsals = 3;
    private const int Rehearsal = 500;

    private static readonly TimeSpan BetweenSamples = TimeSpan.FromMinutes(1);

    private readonly HeldCrowd _crowd = new(port);
    private readonly StatsReader _stats = new(port);
    private readonly List<HoldSample> _samples = [];

    /// <summary>Why connections were lost.</summary>
    public IReadOnlyDictionary<string, int> Losses => _crowd.Losses;

    /// <summary>The first sample has nobody connected, the second has all.</summary>
    public IReadOnlyList<HoldSample> Run()
    {
        Rehearse();
        Sample(TimeSpan.Zero);
        progress.Say($"opening {plan.Connections:N0} connections on the {plan.Host} host");
        _crowd.Open(plan.Connections, cancellationToken);
        _stats.AwaitRest();
        var begun = Stopwatch.GetTimestamp();
        Sample(TimeSpan.Zero);
        for (var due = BetweenSamples; due <= plan.Time; due += BetweenSamples)
        {
            _crowd.Hold(due - Stopwatch.GetElapsedTime(begun), cancellationToken);
            Sample(due);
        }

        return _samples;
    }

    public void Dispose()
    {
        _crowd.Dispose();
        _stats.Dispose();
    }

    private void Rehearse()
    {
        _stats.Read();
        for (var step = 0; step < Rehearsals; step++)
        {
            using (var crowd = new HeldCrowd(port))
            {
                crowd.Open(Math.Min(Rehearsal, plan.Connections), cancellationToken);
            }

            _stats.AwaitRest();
        }

        _stats.GiveBack();
    }

    private void Sample(TimeSpan at)
    {
        var found = _stats.Read();
        _stats.GiveBack();
        var processor = _samples is [.., var before] && at > TimeSpan.Zero
            ? (found.CpuSeconds - before.Collected.CpuSeconds) / BetweenSamples.TotalSeconds
            : (double?)null;
        var sample = new HoldSample(
            at.TotalMinutes, _crowd.Count, _crowd.Lost, _crowd.Answered, found, _stats.Read(), processor);
        _samples.Add(sample);
        progress.Say($"minute {sample.Minutes:0}: {sample.Open:N0} open, {sample.Lost:N0} lost, {sample.Answered:N0} pings answered");
    }
}
