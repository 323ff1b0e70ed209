using RawWebSocket.Benchmarks.Reporting;
using RawWebSocket.Benchmarks.Running;
using RawWebSocket.Benchmarks.Serving;

namespace RawWebSocket.Benchmarks.Holding;

/// <summary>What holding them has shown.</summary>
/// <param name="plan">What was to be held.</param>
/// <param name="samples">The first without anybody, then all, minute by minute.</param>
/// <param name="losses">Why connections were lost.</param>
/// <param name="command">What it was asked for with.</param>
internal sealed class HoldReport(
    HoldPlan plan, IReadOnlyList<HoldSample> samples, IReadOnlyDictionary<string, int> losses, string command)
{
    private const double KiB = 1024;
    private const double MiB = 1024 * 1024;

    private readonly HoldSample _empty = samples[0];
    private readonly IReadOnlyList<HoldSample> _held = [.. samples.Skip(1)];

    public string ToText(bool markdown) => $"""
        {Machine.Description}

        `{command}`: {plan.Connections:N0} idle connections of one process, host: {$"{plan.Host}".ToLowerInvariant()}.{Shortfall}

        {Table().ToText(markdown)}
        {Slope}
        {Losses}
        RSS is the server's process, managed what of it is reachable, and a connection's is what it has grown by, divided by those that are open. What the system's kernel
        holds for the sockets is not in it. Every minute the server is looked at, is made to collect its garbage, and is looked at again.
        """;

    private string Shortfall => plan.Connections < plan.Asked
        ? $" {plan.Asked:N0} were asked for, but a process may open {Machine.FileLimit:N0} files here (`ulimit -Hn`), and needs some itself."
        : "";

    private string Losses => losses.Count == 0
        ? "No connection was lost."
        : $"Lost: {string.Join(", ", losses.Select(loss => $"{loss.Value:N0} {loss.Key}"))}.";

    private string Slope
    {
        get
        {
            // From the first minute on: everybody has been pinged by then, and what a first ping needs is there.
            var settled = _held.Where(static sample => sample.Minutes >= 1).ToList();
            return settled.Count < 2
                ? "Two minutes say something about the slope."
                : $"Slope from the first minute on, after collections: RSS {SlopeOf(settled, Resident)}, managed {SlopeOf(settled, Managed)}.";
        }
    }

    private Table Table()
    {
        var table = new Table(
            "minute", "open", "lost", "pings answered", "RSS MiB", "KiB each", "KiB each, collected", "managed KiB each", "% of a processor");
        foreach (var sample in _held)
        {
            table.Add(
                $"{sample.Minutes:0}",
                $"{sample.Open:N0}",
                $"{sample.Lost:N0}",
                $"{sample.Answered:N0}",
                Figure.Text(sample.Found.ResidentBytes / MiB),
                Figure.Text(EachKiB(sample, sample.Found, Resident)),
                Figure.Text(EachKiB(sample, sample.Collected, Resident)),
                Figure.Text(EachKiB(sample, sample.Collected, Managed)),
                Figure.Text(sample.Processor * 100));
        }

        return table;
    }

    private double EachKiB(HoldSample sample, ServerStats stats, Func<ServerStats, long> memory) =>
        (memory(stats) - memory(_empty.Collected)) / KiB / sample.Open;

    private static long Resident(ServerStats stats) => stats.ResidentBytes;

    private static long Managed(ServerStats stats) => stats.ManagedBytes;

    private string SlopeOf(List<HoldSample> samples, Func<ServerStats, long> memory)
    {
        var bytes = SlopeOf([.. samples.Select(sample => (sample.Minutes, (double)memory(sample.Collected)))]);
        return FormattableString.Invariant($"{bytes / KiB / plan.Connections:0.0000} KiB a connection and minute ({bytes / MiB:0.00} MiB)");
    }

    // Of the line that lies closest to all points.
    private static double SlopeOf(List<(double At, double Value)> points)
    {
        var middle = points.Average(static point => point.At);
        var mean = points.Average(static point => point.Value);
        return points.Sum(point => (point.At - middle) * (point.Value - mean)) / points.Sum(point => (point.At - middle) * (point.At - middle));
    }
}
