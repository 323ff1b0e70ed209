using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;
using RawWebSocket.Abuse.Scenarios;

namespace RawWebSocket.Abuse.Running;

/// <summary>What is demanded in every scenario.</summary>
internal static class CommonDemands
{
    private const double MiB = 1024 * 1024;

    public static void JudgeCanary(Canary canary, Latencies stormy, Scenario scenario, Verdict verdict, string taken)
    {
        if (scenario.StallsServer)
        {
            return;
        }

        if (!scenario.EndsServer)
        {
            verdict.Demand("the well-behaved client keeps its connection", canary.End is null, canary.End ?? "kept");
        }

        verdict.Demand(
            FormattableString.Invariant($"the well-behaved client's p99 ≤ {scenario.SlowestP99:0} ms"),
            stormy.P99 <= scenario.SlowestP99,
            FormattableString.Invariant($"{stormy.P99:0} ms{taken}"));
    }

    public static void JudgeMemory(MemoryWatch memory, Scenario scenario, Verdict verdict) =>
        verdict.DemandAtMost("growth of the server's memory", scenario.MemoryCeiling, Growth(memory), "MiB");

    public static string Describe(MemoryWatch memory, Scenario scenario) =>
        FormattableString.Invariant($"{memory.PeakBytes / MiB:0} (+{Growth(memory):0} of {scenario.MemoryCeiling})");

    private static double Growth(MemoryWatch memory) => (memory.PeakBytes - memory.BytesBefore) / MiB;
}
