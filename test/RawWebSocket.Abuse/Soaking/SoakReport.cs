using System.Text;
using RawWebSocket.Abuse.Reporting;

namespace RawWebSocket.Abuse.Soaking;

/// <summary>The soak in the end: what was demanded, what the traffic was, and the server over time.</summary>
internal sealed class SoakReport(IReadOnlyList<SoakSample> samples, Dictionary<string, long> counts, Verdict verdict)
{
    private const double MiB = 1024 * 1024;

    private const string Explanation =
        "The first line is before the traffic, the last after it. Managed memory is after a full collection and without Kestrel's empty "
        + "buffers. The round trips are a well-behaved client's.";

    public static string Describe(SoakSample sample) =>
        string.Join(", ", Headings.Zip(Cells(sample), (heading, cell) => $"{heading.Heading} {cell}"));

    public bool Passed => verdict.Passed;

    public string ToTerminal() => Text(table => table.ToTerminal());

    public string ToMarkdown() => Text(table => table.ToMarkdown());

    private static (string Heading, int Width)[] Headings =>
    [
        ("at", 6), ("open", 5), ("handles", 7), ("threads", 7), ("managed MiB", 11), ("resident MiB", 12), ("p50 / p99 / max ms", 22),
    ];

    private static string[] Cells(SoakSample sample) =>
    [
        FormattableString.Invariant($"{sample.At:mm\\:ss}"),
        $"{sample.State.Stats.Open}",
        $"{sample.State.Vitals.Handles}",
        $"{sample.State.Vitals.Threads}",
        FormattableString.Invariant($"{sample.State.Stats.HeapMiB:0.0}"),
        FormattableString.Invariant($"{sample.State.Vitals.ResidentBytes / MiB:0}"),
        sample.RoundTrips.ToString(),
    ];

    private string Text(Func<Table, string> write)
    {
        var text = new StringBuilder();
        foreach (var check in verdict.Checks)
        {
            text.AppendLine($"- {(check.Holds ? "ok" : "FAILED")}: {check.Demand}: {check.Measured}");
        }

        var table = new Table(Headings);
        foreach (var sample in samples)
        {
            table.Add(Cells(sample));
        }

        var traffic = counts.OrderByDescending(count => count.Value)
            .Select(count => FormattableString.Invariant($"{count.Value:N0} × {count.Key}"));
        return text.AppendLine().Append(write(table)).AppendLine().AppendLine($"Traffic: {string.Join("; ", traffic)}.")
            .AppendLine(Explanation)
            .AppendLine(Passed ? "The soak has passed." : "The soak has FAILED.")
            .ToString();
    }
}
