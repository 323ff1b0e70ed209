using System.Text;

namespace RawWebSocket.Abuse.Reporting;

/// <summary>What is printed in the end: everything that was demanded, and the table.</summary>
internal sealed class Report(IReadOnlyList<Outcome> outcomes)
{
    private const string Explanation =
        "Memory: peak resident set of the server's process in MiB, its growth, and the most that was allowed. "
        + "Beside the attack: p50 / p99 / max round trip in ms of a well-behaved client that sends an echo every 5 ms, before and during, "
        + "counted from when each was due. The attackers' process runs at a lower priority than the server's, because real ones bring "
        + "processors of their own.";

    public bool Passed => outcomes.All(outcome => outcome.Verdict.Passed);

    public string ToTerminal()
    {
        var text = new StringBuilder();
        foreach (var outcome in outcomes)
        {
            text.AppendLine().AppendLine($"{outcome.Name}: {outcome.Abuse}").AppendLine($"  with {outcome.Settings}");
            foreach (var check in outcome.Verdict.Checks)
            {
                text.AppendLine($"  {(check.Holds ? "    ok" : "FAILED")}  {check.Demand}: {check.Measured}");
            }
        }

        var table = new Table(
            ("scenario", 26), ("what the server did", 48), ("memory", 18), ("beside the attack", 40), ("s", 3), ("verdict", 7));
        foreach (var outcome in outcomes)
        {
            var seconds = $"{outcome.Took.TotalSeconds:0}";
            table.Add(outcome.Name, outcome.Response, outcome.Memory, outcome.Canary, seconds, Word(outcome.Verdict));
        }

        return text.AppendLine().Append(table.ToTerminal()).AppendLine().AppendLine(Explanation).AppendLine(Summary()).ToString();
    }

    public string ToMarkdown()
    {
        var table = new Table(
            ("scenario", 0),
            ("the attackers", 0),
            ("settings", 0),
            ("what the server did", 0),
            ("memory", 0),
            ("beside the attack", 0),
            ("verdict", 0));
        foreach (var outcome in outcomes)
        {
            table.Add(
                outcome.Name, outcome.Abuse, outcome.Settings, outcome.Response, outcome.Memory, outcome.Canary, Word(outcome.Verdict));
        }

        var text = new StringBuilder(table.ToMarkdown()).AppendLine().AppendLine(Explanation);
        foreach (var outcome in outcomes)
        {
            text.AppendLine().AppendLine($"**{outcome.Name}**").AppendLine();
            foreach (var check in outcome.Verdict.Checks)
            {
                text.AppendLine($"- {(check.Holds ? "" : "**FAILED** ")}{check.Demand}: {check.Measured}");
            }
        }

        return text.AppendLine().AppendLine(Summary()).ToString();
    }

    private static string Word(Verdict verdict) => verdict.Passed ? "passed" : "FAILED";

    private string Summary()
    {
        var took = TimeSpan.FromTicks(outcomes.Sum(outcome => outcome.Took.Ticks));
        return $"{outcomes.Count(outcome => outcome.Verdict.Passed)} of {outcomes.Count} passed in {took:m\\:ss} minutes.";
    }
}
