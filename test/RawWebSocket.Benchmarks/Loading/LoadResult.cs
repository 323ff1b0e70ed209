using RawWebSocket.Benchmarks.Serving;

namespace RawWebSocket.Benchmarks.Loading;

/// <summary>What the load generator saw.</summary>
/// <param name="Count">Echoes, deliveries or connections, while it was counted.</param>
/// <param name="Seconds">How long that took.</param>
/// <param name="ReceivedBytes">What came from the server meanwhile, in bytes; 0 when that was not counted.</param>
/// <param name="LoadCpuSeconds">What the load generator itself used of the processors meanwhile.</param>
/// <param name="Median">
/// Latency in microseconds: half of the messages were back by then, or with all who get them; null when no latency was taken.
/// </param>
/// <param name="P99">99 % were.</param>
/// <param name="P999">99.9 % were.</param>
/// <param name="Before">The server when the counting began.</param>
/// <param name="After">The server when it ended.</param>
internal sealed record LoadResult(
    long Count,
    double Seconds,
    long ReceivedBytes,
    double LoadCpuSeconds,
    double? Median,
    double? P99,
    double? P999,
    ServerStats Before,
    ServerStats After);
