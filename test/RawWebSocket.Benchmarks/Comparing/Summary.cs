namespace RawWebSocket.Benchmarks.Comparing;

/// <summary>The measurements of one server in one row, over all rounds.</summary>
internal sealed class Summary(IReadOnlyList<Measurement> measurements)
{
    public int Rounds => measurements.Count;

    public double? Median(Metric metric) => MedianOf(measurements.Select(metric.Of));

    /// <summary>From the lowest to the highest, as a part of the median: half of it, so that it reads as "plus or minus".</summary>
    public double? Spread(Metric metric)
    {
        var values = measurements.Select(metric.Of).OfType<double>().ToList();
        return values.Count > 0 && MedianOf(measurements.Select(metric.Of)) is > 0 and var median
            ? (values.Max() - values.Min()) / 2 / median
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
        return sorted.Count == 0 ? null : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
