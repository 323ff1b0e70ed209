namespace RawWebSocket.Abuse.Reporting;

/// <summary>One thing that must be true.</summary>
/// <param name="Demand">What.</param>
/// <param name="Holds">Whether it is.</param>
/// <param name="Measured">What was seen.</param>
internal sealed record Check(string Demand, bool Holds, string Measured);

/// <summary>All that was demanded, and whether it holds.</summary>
internal sealed class Verdict
{
    private readonly List<Check> _checks = [];

    public IReadOnlyList<Check> Checks => _checks;

    public bool Passed => _checks.TrueForAll(check => check.Holds);

    public void Demand(string demand, bool holds, string measured) => _checks.Add(new Check(demand, holds, measured));

    public void DemandCount(string demand, long expected, long actual) =>
        Demand($"{demand}: {expected:N0}", expected == actual, $"{actual:N0}");

    public void DemandAtMost(string demand, double limit, double actual, string unit) =>
        Demand(
            FormattableString.Invariant($"{demand} ≤ {limit:0.#} {unit}").TrimEnd(),
            actual <= limit,
            FormattableString.Invariant($"{actual:0.#} {unit}").TrimEnd());
}
