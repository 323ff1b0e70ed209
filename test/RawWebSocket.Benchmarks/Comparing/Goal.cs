namespace RawWebSocket.Benchmarks.Comparing;

/// <summary>How somebody must compare with somebody else.</summary>
/// <param name="Who">Whose figure is judged.</param>
/// <param name="Metric">Which one.</param>
/// <param name="Against">Whose it is divided by.</param>
/// <param name="Limit">What the quotient may be at most; at least, for a rate.</param>
internal sealed record Goal(Contender Who, Metric Metric, Contender Against, double Limit)
{
    public bool IsMetBy(double ratio) => IsRate ? ratio >= Limit : ratio <= Limit;

    public string Demand => FormattableString.Invariant($"{(IsRate ? "≥" : "≤")} {Limit:0.00}");

    private bool IsRate => Metric == Metric.Rate;

    /// <summary>Worse by no more than 3 %.</summary>
    public static Goal NoWorse(Contender who, Metric metric, Contender against) => new(who, metric, against, metric == Metric.Rate ? 0.97 : 1.03);

    public static Goal[] Of(Metric metric, double builtIn, double floor) =>
        [new(Contender.Raw, metric, Contender.BuiltIn, builtIn), new(Contender.Raw, metric, Contender.Floor, floor)];

    public static Goal Tuned(double builtIn) => new(Contender.TunedRaw, Metric.Cpu, Contender.BuiltIn, builtIn);
}
