using System.Diagnostics;

namespace RawWebSocket.Benchmarks.Reporting;

/// <summary>Says on standard error what is going on; standard output is the table's.</summary>
internal sealed class Progress
{
    private readonly long _begun = Stopwatch.GetTimestamp();

    public void Say(string line) =>
        Console.Error.WriteLine(FormattableString.Invariant($"[{Stopwatch.GetElapsedTime(_begun):mm\\:ss}] {line}"));
}
