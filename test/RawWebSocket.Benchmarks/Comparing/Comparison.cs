using RawWebSocket.Benchmarks.Loading;
using RawWebSocket.Benchmarks.Reporting;
using RawWebSocket.Benchmarks.Running;

namespace RawWebSocket.Benchmarks.Comparing;

/// <summary>Measures row by row, and in each row the servers in turn: what disturbs the machine for a while disturbs them all.</summary>
internal sealed class Comparison(Effort effort, Progress progress, CancellationToken cancellationToken)
{
    private readonly List<Measurement> _measurements = [];
    private readonly List<string> _failures = [];

    public IReadOnlyList<Measurement> Measurements => _measurements;

    /// <summary>What could not be measured, and why: a server that did not start, an echo that was wrong.</summary>
    public IReadOnlyList<string> Failures => _failures;

    public async Task RunAsync(IReadOnlyList<Row> rows)
    {
        foreach (var row in rows)
        {
            var servers = new Dictionary<Contender, ServerProcess>();
            try
            {
                await RunAsync(row, servers);
            }
            finally
            {
                foreach (var server in servers.Values)
                {
                    server.Dispose();
                }
            }
        }
    }

    private async Task RunAsync(Row row, Dictionary<Contender, ServerProcess> servers)
    {
        var taking = effort.ContendersOf(row).ToList();
        if (!row.WantsFreshServer)
        {
            await TryEachAsync(taking, row, contender => WarmUpAsync(row, contender, servers));
        }

        for (var round = 1; round <= effort.Rounds; round++)
        {
            await TryEachAsync(taking, row, contender => MeasureAsync(row, contender, round, servers));
        }
    }

    // Who fails once is out of the row.
    private async Task TryEachAsync(List<Contender> taking, Row row, Func<Contender, Task> action)
    {
        foreach (var contender in taking.ToList())
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
                taking.Remove(contender);
            }
        }
    }

    private async Task WarmUpAsync(Row row, Contender contender, Dictionary<Contender, ServerProcess> servers)
    {
        servers[contender] = await ServerProcess.StartAsync(contender, row.Plan.Compression, cancellationToken);
        await LoadAsync(effort.WarmingUp(row.Plan), contender, servers[contender]);
    }

    private async Task MeasureAsync(Row row, Contender contender, int round, Dictionary<Contender, ServerProcess> servers)
    {
        using var fresh = row.WantsFreshServer
            ? await ServerProcess.StartAsync(contender, row.Plan.Compression, cancellationToken)
            : null;
        var result = await LoadAsync(effort.Measuring(row.Plan), contender, fresh ?? servers[contender]);
        var measurement = new Measurement(row, contender, round, result);
        _measurements.Add(measurement);
        progress.Say($"{row.Name,-12} {round}/{effort.Rounds} {contender.Name,-25} {Figure.Text(row.Compared.Of(measurement))} {row.Compared.Name}");
    }

    private Task<LoadResult> LoadAsync(LoadPlan plan, Contender contender, ServerProcess server) =>
        LoadProcess.RunAsync(plan with { Path = contender.Path ?? plan.Path }, server.Port, cancellationToken);
}
