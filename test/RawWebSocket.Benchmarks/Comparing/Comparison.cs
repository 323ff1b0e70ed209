using RawWebSocket.Benchmarks.Loading;
using RawWebSocket.Benchmarks.Reporting;
using RawWebSocket.Benchmarks.Running;

namespace RawWebSocket.Benchmarks.Comparing;

/// <summary>
/// Measures row by row, and in each row the servers in turn: what disturbs the machine for a while disturbs them all. The rows that vary by
/// server come first, once with each set of servers.
/// </summary>
internal sealed class Comparison(Effort effort, Progress progress, CancellationToken cancellationToken) : IDisposable
{
    // A server that compiles no more than this while it is driven is as fast as it will be.
    private const int Compiled = 30;

    private readonly Servers _servers = new(cancellationToken);
    private readonly List<Measurement> _measurements = [];
    private readonly List<string> _failures = [];
    private readonly HashSet<(Row Row, Contender Contender)> _failed = [];

    public IReadOnlyList<Measurement> Measurements => _measurements;

    /// <summary>What could not be measured, and why: a server that did not start, an echo that was wrong.</summary>
    public IReadOnlyList<string> Failures => _failures;

    public async Task RunAsync(IReadOnlyList<Row> rows)
    {
        var varying = rows.Where(row => row.VariesByServer).ToList();
        var most = varying.Select(effort.RoundsOf).DefaultIfEmpty().Max();
        for (var round = 1; round <= most; round += Effort.RoundsPerServer)
        {
            _servers.End();
            foreach (var row in varying)
            {
                await RunAsync(row, round, Math.Min(round + Effort.RoundsPerServer - 1, effort.RoundsOf(row)));
            }
        }

        foreach (var row in rows.Except(varying))
        {
            await RunAsync(row, 1, effort.RoundsOf(row));
        }
    }

    public void Dispose() => _servers.End();

    private async Task RunAsync(Row row, int firstRound, int lastRound)
    {
        if (!row.WantsFreshServer)
        {
            await WarmUpAsync(row, firstRound, lastRound);
        }

        for (var round = firstRound; round <= lastRound; round++)
        {
            await TryEachAsync(row, effort.ContendersOf(row, round), contender => MeasureAsync(row, contender, round));
        }
    }

    // In turn as well: what has been found to be hot is compiled in the background, and has time for it while the others are driven.
    private async Task WarmUpAsync(Row row, int firstRound, int lastRound)
    {
        var everyone = Enumerable.Range(firstRound, lastRound - firstRound + 1)
            .SelectMany(round => effort.ContendersOf(row, round))
            .Distinct()
            .ToList();
        var cold = everyone.ToHashSet();
        for (var pass = 0; pass < effort.MostWarmUps && cold.Count > 0; pass++)
        {
            await TryEachAsync(row, everyone, async contender =>
            {
                if (cold.Contains(contender) && await IsWarmAsync(row, contender))
                {
                    cold.Remove(contender);
                }
            });
        }
    }

    private async Task<bool> IsWarmAsync(Row row, Contender contender)
    {
        var server = await _servers.GetAsync(contender, row.Plan.Compression);
        var result = await LoadAsync(effort.WarmingUp(row.Plan), contender, server);
        return result.After.Compilations - result.Before.Compilations <= Compiled;
    }

    private async Task MeasureAsync(Row row, Contender contender, int round)
    {
        using var fresh = row.WantsFreshServer ? await _servers.StartAsync(contender, row.Plan.Compression) : null;
        var server = fresh ?? await _servers.GetAsync(contender, row.Plan.Compression);
        var result = await LoadAsync(effort.Measuring(row.Plan, row.Asides.Contains(contender)), contender, server);
        var measurement = new Measurement(row, contender, round, result);
        _measurements.Add(measurement);
        var figure = $"{Figure.Text(row.Compared.Of(measurement))} {row.Compared.Name}";
        progress.Say($"{row.Name,-12} {round}/{effort.RoundsOf(row)} {contender.Name,-25} {figure}");
    }

    // Who fails once is out of the row.
    private async Task TryEachAsync(Row row, IEnumerable<Contender> contenders, Func<Contender, Task> action)
    {
        foreach (var contender in contenders.Where(contender => !_failed.Contains((row, contender))))
        {
            try
            {
                await action(contender);
            }
            catch (Exception exception) when (exception is InvalidOperationException or TimeoutException)
            {
                var failure = $"{row.Name}, {contender.Name}: {exception.Message.Trim()}";
                progress.Say($"FAILED {failure}");
                _failures.Add(failure);
                _failed.Add((row, contender));
                _servers.Drop(contender, row.Plan.Compression);
            }
        }
    }

    private Task<LoadResult> LoadAsync(LoadPlan plan, Contender contender, ServerProcess server) =>
        LoadProcess.RunAsync(plan with { Path = contender.Path ?? plan.Path }, server.Port, cancellationToken);
}
