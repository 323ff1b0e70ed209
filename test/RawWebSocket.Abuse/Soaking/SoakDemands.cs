using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;

namespace RawWebSocket.Abuse.Soaking;

/// <summary>What is demanded of the soak beyond that the server is back to where it was.</summary>
internal static class SoakDemands
{
    private const double SpareHeapMiB = 8;
    private const double SpareCount = 20;
    private const int Fewest = 100;

    public static void JudgeTraffic(Dictionary<string, long> counts, Canary canary, Verdict verdict)
    {
        var visits = counts.GetValueOrDefault("visits");
        var wrong = counts.Where(count => count.Key.StartsWith(Visits.Wrong, StringComparison.Ordinal)).ToArray();
        verdict.Demand($"at least {Fewest} visits", visits >= Fewest, $"{visits:N0}");
        var wrongs = string.Join(", ", wrong.Select(count => $"{count.Value} × {count.Key}"));
        verdict.Demand("every answer as the protocol wants it", wrong.Length == 0, wrongs);
        verdict.Demand("the well-behaved client keeps its connection", canary.End is null, canary.End ?? "kept");
    }

    /// <summary>The same traffic must cost the same in the last third as in the second; the first is for warming up.</summary>
    public static void JudgeFlatness(List<SoakSample> samples, Verdict verdict)
    {
        Flat("managed memory under traffic", sample => sample.State.Stats.HeapMiB, SpareHeapMiB, "MiB");
        Flat("handles under traffic", sample => sample.State.Vitals.Handles, SpareCount, "");
        Flat("threads under traffic", sample => sample.State.Vitals.Threads, SpareCount, "");

        void Flat(string what, Func<SoakSample, double> value, double spare, string unit)
        {
            var third = samples.Count / 3;
            var middle = samples.Skip(third).Take(third).Average(value);
            var last = samples.TakeLast(third).Average(value);
            verdict.DemandAtMost($"{what}, last third on average", middle + spare, last, unit);
        }
    }
}
