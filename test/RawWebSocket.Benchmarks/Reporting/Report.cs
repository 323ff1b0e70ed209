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
            CPU, allocated bytes and RSS are the server's own, for each message, delivery, request, handshake or idle connection. The ratios
            are of the row's CPU, of a storm's handshakes a second and of connections' RSS, that of idle ones after a collection.

            {Goals().ToText(markdown)}
            """;
    }

    private Table Figures()
    {
        var others = Others();
        var table = new Table(
            [
                "load", "server", .. Metric.All.Select(metric => metric.Name), "rounds", "±", .. others.Select(other => $"× {other.Name}"),
            ]);
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
                    .. others.Select(other => Ratio(summaries, contender, row.Key.Compared, other))]);
                title = "";
            }
        }

        return table;
    }

    // Whom everybody is compared with.
    private List<Contender> Others() =>
    [
        Contender.BuiltIn,
        Contender.Floor,
        .. comparison.Measurements
            .Select(static measurement => measurement.Contender)
            .Where(static contender => contender.IsRival)
            .Distinct(),
    ];

    private Table Goals()
    {
        var table = new Table("load", "server", "figure", "against", "goal", "measured", "");
        foreach (var row in comparison.Measurements.GroupBy(measurement => measurement.Row))
        {
            var summaries = Summarize(row);
            foreach (var goal in row.Key.Goals)
            {
                var value = IsJudged(summaries, goal) ? ValueOf(summaries, goal) : null;
                table.Add(
                    TitleOf(row.Key),
                    goal.Who.Name,
                    goal.Metric.Name,
                    goal.Against?.Name ?? "",
                    goal.Demand,
                    Figure.Ratio(value),
                    value is { } measured ? (goal.IsMetBy(measured) ? "✓" : "✗") : WhyNot(goal));
            }
        }

        return table;
    }

    private static string WhyNot(Goal goal) => goal.Against is { IsRival: true, Program: null } ? "not judged: no --rival" : "not judged";

    private string TitleOf(Row row) => row.TitleWith(effort.Measuring(row.Plan).Connections);

    private static Dictionary<Contender, Summary> Summarize(IEnumerable<Measurement> row) => row
        .GroupBy(measurement => measurement.Contender)
        .ToDictionary(group => group.Key, group => new Summary([.. group]));

    private static string Ratio(Dictionary<Contender, Summary> summaries, Contender who, Metric metric, Contender against) =>
        who == against ? "" : Figure.Ratio(RatioOf(summaries, who, metric, against));

    private static double? RatioOf(Dictionary<Contender, Summary> summaries, Contender who, Metric metric, Contender against) =>
        summaries.TryGetValue(who, out var mine) && summaries.TryGetValue(against, out var other) ? mine.RatioTo(other, metric) : null;

    private static double? ValueOf(Dictionary<Contender, Summary> summaries, Goal goal) => goal.Against is { } against
        ? RatioOf(summaries, goal.Who, goal.Metric, against)
        : summaries[goal.Who].Median(goal.Metric);

    // One round says nothing about who is faster.
    private static bool IsJudged(Dictionary<Contender, Summary> summaries, Goal goal) =>
        new[] { goal.Who, goal.Against ?? goal.Who }.All(who => summaries.TryGetValue(who, out var summary) && summary.Rounds > 1);
}
