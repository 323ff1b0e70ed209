using System.Text.Json;
using RawWebSocket.Benchmarks.Reporting;
using RawWebSocket.Benchmarks.Running;

namespace RawWebSocket.Benchmarks.Comparing;

/// <summary>The command that measures, and says what came of it.</summary>
internal static class CompareCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static async Task<int> RunAsync(Arguments arguments)
    {
        if (arguments.Has("--list"))
        {
            Console.WriteLine(string.Join('\n', Rows.All.Select(row => $"{row.Name,-14}{row.Title}")));
            return 0;
        }

        var effort = arguments.Has("--smoke") ? Effort.Smoke : arguments.Has("--quick") ? Effort.Quick : Effort.Full;
        effort = arguments.Has("--rounds") ? effort with { Rounds = Math.Max(1, arguments.CountOf("--rounds", 1)) } : effort;
        var rows = (arguments.ValueOf("--only")?.Split(',') ?? effort.Rows).Select(Rows.Find).ToList();
        rows = arguments.ValueOf("--before") is { } build
            ? [.. Rows.Against(ExistingBuild(build, arguments), rows)]
            : [.. Rows.With(ExistingRival(arguments), rows)];
        if (Machine.ComplaintAbout(rows.Max(row => effort.Measuring(row.Plan).Connections)) is { } complaint)
        {
            throw new ArgumentException(complaint);
        }

        using var interrupt = new Interrupt();
        using var comparison = new Comparison(effort, new Progress(), interrupt.Token);
        await comparison.RunAsync(rows);
        Show(new Report(comparison, effort, arguments.ToString()), arguments);
        if (arguments.ValueOf("--json") is { } path)
        {
            await File.WriteAllTextAsync(path, ToJson(comparison), interrupt.Token);
        }

        return comparison.Failures.Count == 0 ? 0 : 1;
    }

    private static string ExistingBuild(string build, Arguments arguments) => File.Exists(build) && !arguments.Has("--rival")
        ? Path.GetFullPath(build)
        : throw new ArgumentException("--before takes the path of another build's RawWebSocket.Benchmarks.dll, and no --rival.");

    private static string? ExistingRival(Arguments arguments) =>
        arguments.ValueOf("--rival") is not { } rival ? null
        : File.Exists(rival) ? Path.GetFullPath(rival)
        : throw new ArgumentException("--rival takes the path of a program, built as docs/performance.md says.");

    private static void Show(Report report, Arguments arguments)
    {
        Console.WriteLine(report.ToText(arguments.Has("--markdown")));
        if (arguments.ValueOf("--document") is { } document)
        {
            PerformanceDocument.Write(document, report.ToText(markdown: true));
        }
    }

    private static string ToJson(Comparison comparison) => JsonSerializer.Serialize(
        new
        {
            machine = Machine.Description,
            failures = comparison.Failures,
            measurements = comparison.Measurements.Select(measurement => new
            {
                row = measurement.Row.Name,
                server = measurement.Contender.Name,
                round = measurement.Round,
                cpuMicroseconds = measurement.CpuMicroseconds,
                perSecond = measurement.PerSecond,
                allocatedBytes = measurement.AllocatedBytes,
                residentKiB = measurement.ResidentKiB,
                partOnWire = measurement.PartOnWire,
                result = measurement.Result,
            }),
        },
        Indented);
}
