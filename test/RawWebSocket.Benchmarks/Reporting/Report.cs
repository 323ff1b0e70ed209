using RawWebSocket.Benchmarks.Comparing;
using RawWebSocket.Benchmarks.Running;

namespace RawWebSocket.Benchmarks.Reporting;

/// <summary>What a comparison has shown.</summary>
/// <param name="comparison">What was measured.</param>
/// <param name="effort">How much time was taken for it.</param>
/// <param name="command">What it was asked for with.</param>
internal sealed class Report(Comparison comparison, Effort effort, string command)
{
    public string ToText(bool markdown)
    {
        return $"""
            {Machine.Description}

            `{command}`: medians of interleaved rounds; half of the rounds lie within ±.

            {Figures().ToText(markdown)}
            CPU, allocated bytes and RSS are the server's own, for each message, delivery, handshake or idle connection. The ratios are of
            the row's CPU, of a storm's handshakes a second and of idle connections' RSS.

            {Goals().ToText(markdown)}
            """;
    }

    private Table Figures()
    {
        var table = new Table(
            ["load", "server", .. Metric.All.Select(metric => metric.Name), "rounds", "±", "× built-in", "× floor"]);
        foreach (var row in comparison.Measurements.GroupBy(measurement => measurement.Row))
        {
            var summaries = Summarize(row);
            var title = TitleOf(row.Key);
            foreach (var (contender, summary) in summaries)
            {
                table.Add([
                    title,
                    contender.Name,
                    .. Metric.All.Select(metric => Figure.Text(summary.Median(metric))),
                    $"{summary.Rounds}",
                    Figure.PlusMinus(summary.Spread(row.Key.Compared)),
                    Ratio(summaries, contender, row.Key.Compared, Contender.BuiltIn),
                    Ratio(summaries, contender, row.Key.Compared, Contender.Floor)]);
                title = "";
            }
        }

        return table;
    }

    private Table Goals()
    {
        var table = new Table("load", "server", "figure", "against", "goal", "measured", "");
        foreach (var row in comparison.Measurements.GroupBy(measurement => measurement.Row))
        {
            var summaries = Summarize(row);
            foreach (var goal in row.Key.Goals.Where(goal => IsJudged(summaries, goal)))
            {
                if (RatioOf(summaries, goal.Who, goal.Metric, goal.Against) is { } ratio)
                {
                    table.Add(
                        TitleOf(row.Key),
                        goal.Who.Name,
                        goal.Metric.Name,
                        goal.Against.Name,
                        goal.Demand,
                        Figure.Ratio(ratio),
                        goal.IsMetBy(ratio) ? "✓" : "✗");
                }
            }
        }

        return table;
    }

    private string TitleOf(Row row) => row.TitleWith(effort.Measuring(row.Plan).Connections);

    private static Dictionary<Contender, Summary> Summarize(IEnumerable<Measurement> row) => row
        .GroupBy(measurement => measurement.Contender)
        .ToDictionary(group => group.Key, group => new Summary([.. group]));

    private static string Ratio(Dictionary<Contender, Summary> summaries, Contender who, Metric metric, Contender against) =>
        who == against ? "" : Figure.Ratio(RatioOf(summaries, who, metric, against));

    private static double? RatioOf(Dictionary<Contender, Summary> summaries, Contender who, Metric metric, Contender against) =>
        summaries.TryGetValue(who, out var mine) && summaries.TryGetValue(against, out var other) ? mine.RatioTo(other, metric) : null;

    // One round says nothing about who is faster.
    private static bool IsJudged(Dictionary<Contender, Summary> summaries, Goal goal) =>
        new[] { goal.Who, goal.Against }.All(who => summaries.TryGetValue(who, out var summary) && summary.Rounds > 1);
}
