using RawWebSocket.Benchmarks.Comparing;
using RawWebSocket.Benchmarks.Reporting;
using RawWebSocket.Benchmarks.Running;
using RawWebSocket.Benchmarks.Serving;

namespace RawWebSocket.Benchmarks.Holding;

/// <summary>The command that has a server hold idle connections for a long time.</summary>
internal static class HoldCommand
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        if (Machine.ComplaintAbout(connections: 1) is { } complaint)
        {
            throw new ArgumentException(complaint);
        }

        var plan = HoldPlan.From(arguments);
        using var interrupt = new Interrupt();
        using var server = await ServerProcess.StartAsync(Contender.Raw.On(plan.Host), DeflateMode.Off, interrupt.Token);
        using var run = new HoldRun(plan, server.Port, new Progress(), interrupt.Token);
        var samples = run.Run();
        Console.WriteLine(new HoldReport(plan, samples, run.Losses, arguments.ToString()).ToText(arguments.Has("--markdown")));
        return samples[^1].Lost == 0 ? 0 : 1;
    }
}
