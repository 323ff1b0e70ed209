using RawWebSocket.Fuzz.Engine;

namespace RawWebSocket.Fuzz;

/// <summary>The program: a campaign, or the replay of one input. Its exit code is 1 when a rule was broken.</summary>
internal sealed class FuzzProgram(FuzzArguments arguments, TextWriter output)
{
    // Generous, for machines that do something else meanwhile; a right execution takes less than a millisecond.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly string _findsPath = Path.GetFullPath(arguments.Finds);

    public int Run() => arguments.Replay is { } file ? Replay(file) : RunCampaign();

    private int Replay(string file)
    {
        if (arguments.Targets is not [var name])
        {
            throw new FormatException("--replay needs the --target that the input is for.");
        }

        var target = AllTargets.Create(name);
        try
        {
            for (var count = arguments.Executions ?? 1; count > 0; count--)
            {
                target.Execute(CorpusFolder.Read(target, file), new Features());
            }

            output.WriteLine("No rule was broken.");
            return 0;
        }
        catch (Exception exception)
        {
            output.WriteLine(exception);
            return 1;
        }
    }

    private int RunCampaign()
    {
        var names = arguments.Targets.Count > 0 ? arguments.Targets : [.. AllTargets.Names];
        Fuzzer[] fuzzers = [.. names.Select(Create)];
        using var watchdog = new Watchdog(fuzzers, Patience, ReportHang);
        foreach (var fuzzer in fuzzers)
        {
            foreach (var (_, input) in new CorpusFolder(fuzzer.Target, CorpusFolder.InRepository).ReadAll())
            {
                fuzzer.AddSeed(input);
            }
        }

        new Campaign(fuzzers, arguments, output).Run();
        return fuzzers.Any(static fuzzer => fuzzer.Finds.Count > 0) ? 1 : 0;
    }

    private Fuzzer Create(string name)
    {
        var target = AllTargets.Create(name);
        var corpus = new CorpusFolder(target, CorpusFolder.InRepository);
        return new Fuzzer(target, arguments.Seed)
        {
            OnFind = ReportFind,
            OnDiscovery = arguments.SavesCorpus ? input => corpus.Save(input) : null,
        };
    }

    private void ReportFind(Find find)
    {
        var file = new CorpusFolder(find.Target, _findsPath).Save(find.Input, find.Signature);
        output.WriteLine();
        output.WriteLine($"A rule was broken by {find.Target.Name}: {find.Signature}");
        output.WriteLine(find.Exception);
        ReportInput(find.Target, file, find.Input.Length);
    }

    private void ReportHang(FuzzTarget target, byte[] input)
    {
        const string Hang = "An input runs and does not come to its end.";
        var file = new CorpusFolder(target, _findsPath).Save(input, Hang);
        output.WriteLine();
        output.WriteLine($"A rule was broken by {target.Name}: {Hang}");
        ReportInput(target, file, input.Length);
        output.Flush();
    }

    private void ReportInput(FuzzTarget target, string file, int length)
    {
        output.WriteLine(FormattableString.Invariant($"Its {length} bytes are in {file}. To run it again:"));
        output.WriteLine($"dotnet run -c Release --project test/RawWebSocket.Fuzz -- --target {target.Name} --replay {file}");
        output.WriteLine();
    }
}
