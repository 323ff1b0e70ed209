using RawWebSocket.Benchmarks.Serving;

namespace RawWebSocket.Benchmarks.Holding;

/// <summary>The connections and the server at one time.</summary>
/// <param name="Minutes">When, since all were open.</param>
/// <param name="Open">How many are open.</param>
/// <param name="Lost">How many have been lost so far.</param>
/// <param name="Answered">How many pings have been answered so far.</param>
/// <param name="Found">The server as it was found.</param>
/// <param name="Collected">The server after a collection.</param>
/// <param name="Processor">What the server has used of a processor since the sample before; null in the first.</param>
internal sealed record HoldSample(
    double Minutes, int Open, int Lost, long Answered, ServerStats Found, ServerStats Collected, double? Processor);
