namespace RawWebSocket.Benchmarks.Comparing;

/// <summary>The measurements of one server in one row, over all rounds.</summary>
internal sealed class Summary(IReadOnlyList<Measurement> measurements)
{
    private const int FewestToSpread = 3;

    public int Rounds => measurements.Count;

    /// <summary>Null unless every round has it: of some rounds only, it would say something about those.</summary>
    public double? Median(Metric metric)
    {
        var values = measurements.Select(metric.Of).ToList();
        return values.Contains(null) ? null : MedianOf(values);
    }

    /// <summary>
    /// Half of what lies between the quartiles, as a part of the median, so that it reads as "plus or minus"; null for too few rounds.
    /// </summary>
    public double? Spread(Metric metric)
    {
        var sorted = measurements.Select(metric.Of).OfType<double>().Order().ToList();
        return sorted.Count >= FewestToSpread && MedianOf(measurements.Select(metric.Of)) is > 0 and var median
            ? (Quantile(sorted, 0.75) - Quantile(sorted, 0.25)) / 2 / median
            : null;
    }

    /// <summary>The median of the quotients, round by round: what disturbed a round disturbed both.</summary>
    public double? RatioTo(Summary other, Metric metric) =>
        MedianOf(measurements.Select(mine => metric.Of(mine) / other.ValueIn(mine.Round, metric)));

    private double? ValueIn(int round, Metric metric) =>
        measurements.FirstOrDefault(measurement => measurement.Round == round) is { } found ? metric.Of(found) : null;

    private static double? MedianOf(IEnumerable<double?> values)
    {
        var sorted = values.OfType<double>().Order().ToList();
        return sorted.Count == 0 ? null : Quantile(sorted, 0.5);
    }

    // Between two values, in proportion.
    private static double Quantile(List<double> sorted, double part)
    {
        var at = (sorted.Count - 1) * part;
        var below = (int)at;
        return sorted[below] + ((at - below) * (sorted[Math.Min(below + 1, sorted.Count - 1)] - sorted[below]));
    }
}
