namespace RawWebSocket.Abuse.Clients;

/// <summary>Round-trip times in milliseconds.</summary>
internal sealed class Latencies
{
    private readonly double[] _sorted;

    public Latencies(IEnumerable<double> milliseconds)
    {
        _sorted = [.. milliseconds];
        Array.Sort(_sorted);
    }

    public int Count => _sorted.Length;

    public double P50 => At(0.5);

    public double P99 => At(0.99);

    public double Max => At(1);

    public override string ToString() => FormattableString.Invariant($"{P50:0.0} / {P99:0.0} / {Max:0}");

    private double At(double share) => _sorted.Length == 0 ? 0 : _sorted[(int)Math.Ceiling(share * (_sorted.Length - 1))];
}
