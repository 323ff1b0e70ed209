using System.Diagnostics;
using RawWebSocket.Abuse.Reporting;
using RawWebSocket.Abuse.Server;

namespace RawWebSocket.Abuse.Running;

/// <summary>The server's state at one time, from inside and from outside.</summary>
internal sealed record ServerState(ServerStats Stats, Vitals Vitals);

/// <summary>Whether the server is as it was, some time after the attackers have gone.</summary>
/// <param name="before">As it was.</param>
/// <param name="limit">How long that may take.</param>
internal sealed class Recovery(ServerState before, TimeSpan limit)
{
    private const int SpareHandles = 10;
    private const int SpareThreads = 10;
    private const double SpareHeapMiB = 16;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits until it is, or until it has had the time.</summary>
    public async Task<ServerState> AwaitAsync(ServerProcess server, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        ServerState now;
        do
        {
            await Task.Delay(Period, cancellationToken);
            now = new ServerState(await server.ReadStatsAsync(cancellationToken), server.ReadVitals());
            if (IsBack(now))
            {
                // Now and not before, because collecting what is still in use only takes the server's time.
                now = now with { Stats = await server.CollectAsync(cancellationToken) };
                if (now.Stats.HeapMiB <= MostHeapMiB)
                {
                    return now;
                }
            }
        }
        while (Stopwatch.GetElapsedTime(begun) < limit);
        return now with { Stats = await server.CollectAsync(cancellationToken) };
    }

    public void Judge(ServerState after, Verdict verdict)
    {
        verdict.DemandCount("open connections afterwards", before.Stats.Open, after.Stats.Open);
        verdict.DemandAtMost("handles afterwards", before.Vitals.Handles + SpareHandles, after.Vitals.Handles, "");
        verdict.DemandAtMost("threads afterwards", before.Vitals.Threads + SpareThreads, after.Vitals.Threads, "");
        verdict.DemandAtMost(
            "managed memory afterwards, Kestrel's empty buffers apart", MostHeapMiB, after.Stats.HeapMiB, "MiB");
        var thrown = after.Stats.Closures.Keys.Where(closure => closure.Contains(" with ", StringComparison.Ordinal)).ToArray();
        verdict.Demand("no closure with an exception", thrown.Length == 0, string.Join(", ", thrown));
        verdict.Demand(
            "no error logged", after.Stats.Errors == 0, $"{after.Stats.Errors}: {string.Join(" | ", after.Stats.FirstErrors)}");
    }

    private double MostHeapMiB => before.Stats.HeapMiB + SpareHeapMiB;

    private bool IsBack(ServerState now) =>
        now.Stats.Open <= before.Stats.Open
        && now.Vitals.Handles <= before.Vitals.Handles + SpareHandles
        && now.Vitals.Threads <= before.Vitals.Threads + SpareThreads;
}
