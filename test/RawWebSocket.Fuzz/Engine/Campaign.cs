using System.Diagnostics;
using System.Globalization;

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
                Report();
            }
        }

        Summarize();
    }

    private string Clock => _clock.Elapsed.ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture);

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

    private void Report()
    {
        var passed = _clock.Elapsed - _lastReport;
        if (passed < BetweenReports)
        {
            return;
        }

        var executions = Executions;
        var rate = (executions - _lastExecutions) / passed.TotalSeconds;
        var corpus = fuzzers.Sum(static fuzzer => fuzzer.CorpusSize);
        var discoveries = fuzzers.Sum(static fuzzer => fuzzer.Discoveries);
        var failures = fuzzers.Sum(static fuzzer => fuzzer.Finds.Count);
        Write($"{Clock} {executions,12:N0} executions{rate,9:N0}/s  corpus {corpus:N0}  discoveries {discoveries:N0}  failures {failures}");
        _lastReport = _clock.Elapsed;
        _lastExecutions = executions;
    }

    private void Summarize()
    {
        output.WriteLine();
        output.WriteLine("target        executions   corpus  discoveries  features  failures");
        foreach (var fuzzer in fuzzers)
        {
            var (name, corpus, features) = (fuzzer.Target.Name, fuzzer.CorpusSize, fuzzer.FeatureCount);
            Write($"{name,-11}{fuzzer.Executions,13:N0}{corpus,9:N0}{fuzzer.Discoveries,13:N0}{features,10:N0}{fuzzer.Finds.Count,10}");
        }

        Write($"{Executions:N0} executions in {Clock}, seed {arguments.Seed}.");
    }

    private void Write(FormattableString line) => output.WriteLine(FormattableString.Invariant(line));
}
