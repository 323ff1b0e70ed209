using System.Runtime;
using System.Text.Json.Serialization;

namespace RawWebSocket.Benchmarks.Serving;

/// <summary>What the server's process has used so far.</summary>
/// <param name="CpuSeconds">Processor time of all its threads, in user code and in the kernel.</param>
/// <param name="ResidentBytes">Memory that is resident now.</param>
/// <param name="ManagedBytes">What of it the managed heap has in use; after a collection, what is reachable.</param>
/// <param name="AllocatedBytes">Managed memory allocated since the start.</param>
/// <param name="Collections">Garbage collections since the start.</param>
/// <param name="Compilations">Methods compiled since the start; one that is found to be hot is compiled again.</param>
internal sealed record ServerStats(
    double CpuSeconds, long ResidentBytes, long ManagedBytes, long AllocatedBytes, int Collections, long Compilations)
{
    public static ServerStats Read() => new(
        Environment.CpuUsage.TotalTime.TotalSeconds,
        Environment.WorkingSet,
        GC.GetTotalMemory(forceFullCollection: false),
        GC.GetTotalAllocatedBytes(precise: true),
        GC.CollectionCount(0),
        JitInfo.GetCompiledMethodCount());
}

/// <summary>Generated, so that asking costs the server little.</summary>
[JsonSerializable(typeof(ServerStats))]
internal sealed partial class ServerStatsJson : JsonSerializerContext;
