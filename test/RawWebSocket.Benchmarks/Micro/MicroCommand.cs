using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace RawWebSocket.Benchmarks.Micro;

/// <summary>The microbenchmarks, in this process: nothing is built a second time.</summary>
internal static class MicroCommand
{
    private static readonly string[] Everything = ["--filter", "*"];

    public static int Run(string[] arguments)
    {
        var job = Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance);
        var config = ManualConfig.Create(DefaultConfig.Instance).AddJob(job).WithArtifactsPath("artifacts/benchmarks");
        BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly).Run(arguments.Length > 0 ? arguments : Everything, config);
        return 0;
    }
}
