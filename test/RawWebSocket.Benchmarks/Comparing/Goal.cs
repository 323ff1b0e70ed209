namespace RawWebSocket.Benchmarks.Comparing;

/// <summary>What somebody's figure must be, alone or as compared with somebody else's.</summary>
/// <param name="Who">Whose figure is judged.</param>
/// <param name="Metric">Which one.</param>
/// <param name="Against">Whose it is divided by; null when it is judged as it is.</param>
/// <param name="Limit">What the quotient or the figure may be at most; at least, for a rate.</param>
internal sealed record Goal(Contender Who, Metric Metric, Contender? Against, double Limit)
{
    public bool IsMetBy(double value) => IsRate ? value >= Limit : value <= Limit;

    public string Demand => FormattableString.Invariant($"{(IsRate ? "≥" : "≤")} {Limit:0.00}");

    private bool IsRate => Metric == Metric.Rate;

    /// <summary>Worse by no more than 3 %.</summary>
    public static Goal NoWorse(Contender who, Metric metric, Contender against) => new(who, metric, against, metric == Metric.Rate ? 0.97 : 1.03);

    /// <summary>The own transport, by the rival.</summary>
    public static Goal Transport(Metric metric, double rival) => new(Contender.Transport, metric, Contender.Rival, rival);

    /// <summary>The default host, by the built-in.</summary>
    public static Goal Default(Metric metric, double builtIn) => new(Contender.Raw, metric, Contender.BuiltIn, builtIn);
}
