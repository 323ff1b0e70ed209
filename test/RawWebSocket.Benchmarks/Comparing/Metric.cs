namespace RawWebSocket.Benchmarks.Comparing;

/// <summary>One thing that is measured, as the table shows it.</summary>
/// <param name="Name">What it is, with its unit.</param>
/// <param name="Of">Its value in a measurement; null where it says nothing.</param>
internal sealed record Metric(string Name, Func<Measurement, double?> Of)
{
    public static readonly Metric Cpu = new("CPU µs", measurement => measurement.CpuMicroseconds);
    public static readonly Metric Rate = new("a second", measurement => measurement.PerSecond);
    public static readonly Metric Median = new("p50 µs", measurement => measurement.Result.Median);
    public static readonly Metric P99 = new("p99 µs", measurement => measurement.Result.P99);
    public static readonly Metric P999 = new("p99.9 µs", measurement => measurement.Result.P999);
    public static readonly Metric Allocated = new("allocated B", measurement => measurement.AllocatedBytes);
    public static readonly Metric Resident = new("RSS KiB", measurement => measurement.ResidentKiB);

    public static readonly Metric Wire = new("wire ÷ payload", measurement => measurement.PartOnWire);

    public static readonly IReadOnlyList<Metric> All = [Cpu, Rate, Median, P99, P999, Allocated, Resident, Wire];
}
