using System.Text.Json;
using RawWebSocket.Benchmarks.Loading;

namespace RawWebSocket.Benchmarks.Running;

/// <summary>The load generator, in a process of its own.</summary>
internal static class LoadProcess
{
    private static readonly TimeSpan OpeningLimit = TimeSpan.FromSeconds(60);

    // It shares the processors with the server: one heap, and no counting of its own calls.
    private static readonly Dictionary<string, string> Environment = new()
    {
        ["DOTNET_gcServer"] = "0",
        ["DOTNET_TieredPGO"] = "0",
    };

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="InvalidOperationException">It ended without a result.</exception>
    public static async Task<LoadResult> RunAsync(LoadPlan plan, int port, CancellationToken cancellationToken)
    {
        using var process = ChildProcess.OfThisProgram(plan.ToArguments(port), Environment);
        var line = await process.ReadLineAsync(plan.WarmUp + plan.Duration + OpeningLimit, cancellationToken);
        return JsonSerializer.Deserialize<LoadResult>(line)!;
    }
}
