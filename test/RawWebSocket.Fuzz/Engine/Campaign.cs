using System.Diagnostics;

namespace RawWebSocket.Fuzz.Engine;

/// <summary>Runs several fuzzers in turns, and tells how it goes.</summary>
internal sealed class Campaign(IReadOnlyList<Fuzzer> fuzzers, FuzzArguments arguments, TextWriter output)
{
    // Turns are short, so that every target gets its share however early the run is stopped.
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(5);

    private readonly Stopwatch _clock = new();
    private TimeSpan _lastReport;
    private long _lastExecutions;

    /// <summary>Executions of all targets.</summary>
    private long Executions => fuzzers.Sum(static fuzzer => fuzzer.Executions);

    /// <summary>Runs to the end, which is the time that was given or the number of executions.</summary>
    public void Run()
    {
        _clock.Start();
        while (fuzzers.Any(IsUnfinished))
        {
            foreach (var fuzzer in fuzzers)
            {
                RunTurn(fuzzer);
                Report(fuzzer);
            }
        }

        Summarize();
    }

    private bool IsUnfinished(Fuzzer fuzzer) =>
        arguments.Executions is { } executions ? fuzzer.Executions < executions : _clock.Elapsed < arguments.Time;

    private void RunTurn(Fuzzer fuzzer)
    {
        var end = _clock.Elapsed + (fuzzer.Target.Share * Turn);
        while (IsUnfinished(fuzzer) && _clock.Elapsed < end)
        {
            fuzzer.Step();
        }
    }

    private void Report(Fuzzer now)
    {
        var passed = _clock.Elapsed - _lastReport;
        if (passed < BetweenReports)
        {
            return;
        }

        var executions = Executions;
        output.WriteLine(FormattableString.Invariant(
            $"{_clock.Elapsed:hh\\:mm\\:ss} {executions,12:N0} executions {(executions - _lastExecutions) / passed.TotalSeconds,9:N0}/s")
            + FormattableString.Invariant($"  corpus {fuzzers.Sum(static fuzzer => fuzzer.CorpusSize):N0}")
            + FormattableString.Invariant($"  discoveries {fuzzers.Sum(static fuzzer => fuzzer.Discoveries):N0}")
            + FormattableString.Invariant($"  failures {fuzzers.Sum(static fuzzer => fuzzer.Finds.Count):N0}  ({now.Target.Name})"));
        _lastReport = _clock.Elapsed;
        _lastExecutions = executions;
    }

    private void Summarize()
    {
        output.WriteLine();
        output.WriteLine("target        executions   corpus  discoveries  features  failures");
        foreach (var fuzzer in fuzzers)
        {
            output.WriteLine(FormattableString.Invariant(
                $"{fuzzer.Target.Name,-11}{fuzzer.Executions,13:N0}{fuzzer.CorpusSize,9:N0}{fuzzer.Discoveries,13:N0}{fuzzer.FeatureCount,10:N0}")
                + FormattableString.Invariant($"{fuzzer.Finds.Count,10:N0}"));
        }

        output.WriteLine(FormattableString.Invariant($"{Executions:N0} executions in {_clock.Elapsed:hh\\:mm\\:ss}, seed {arguments.Seed}."));
    }
}
