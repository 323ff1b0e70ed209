using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;
using RawWebSocket.Abuse.Scenarios;

namespace RawWebSocket.Abuse.Running;

/// <summary>What is demanded in every scenario.</summary>
internal static class CommonDemands
{
    // Two processors that server, attackers and report share are noisy; what is meant is that nobody waits for the attack to end.
    private const double SlowestP99 = 50;
    private const double SlowestFactor = 20;
    private const double MiB = 1024 * 1024;

    public static void JudgeCanary(Canary canary, Latencies calm, Latencies stormy, Scenario scenario, Verdict verdict, string taken)
    {
        if (!scenario.EndsServer)
        {
            verdict.Demand("the well-behaved client keeps its connection", canary.End is null, canary.End ?? "kept");
        }

        var limit = Math.Max(SlowestP99, SlowestFactor * calm.P99);
        verdict.Demand(
            FormattableString.Invariant($"the well-behaved client's p99 ≤ {limit:0} ms"),
            stormy.P99 <= limit,
            FormattableString.Invariant($"{stormy.P99:0} ms{taken}"));
    }

    public static void JudgeMemory(MemoryWatch memory, Scenario scenario, Verdict verdict) =>
        verdict.DemandAtMost("growth of the server's memory", scenario.MemoryCeiling, Growth(memory), "MiB");

    public static string Describe(MemoryWatch memory, Scenario scenario) =>
        FormattableString.Invariant($"{memory.PeakBytes / MiB:0} (+{Growth(memory):0} of {scenario.MemoryCeiling})");

    private static double Growth(MemoryWatch memory) => (memory.PeakBytes - memory.BytesBefore) / MiB;
}
