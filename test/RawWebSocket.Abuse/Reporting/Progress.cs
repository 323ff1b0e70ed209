using System.Diagnostics;

namespace RawWebSocket.Abuse.Reporting;

/// <summary>Says on standard error what is going on; standard output is the report's.</summary>
internal sealed class Progress
{
    private readonly long _begun = Stopwatch.GetTimestamp();

    public void Warn(string? warning)
    {
        if (warning is not null)
        {
            Say($"warning: {warning}");
        }
    }

    public void Say(string line) =>
        Console.Error.WriteLine(FormattableString.Invariant($"[{Stopwatch.GetElapsedTime(_begun):mm\\:ss}] {line}"));
}
