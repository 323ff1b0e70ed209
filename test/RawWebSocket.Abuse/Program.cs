using System.Globalization;
using RawWebSocket.Abuse;
using RawWebSocket.Abuse.Reporting;
using RawWebSocket.Abuse.Running;
using RawWebSocket.Abuse.Scenarios;
using RawWebSocket.Abuse.Server;
using RawWebSocket.Abuse.Soaking;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var commandLine = new CommandLine(args);
try
{
    commandLine.ThrowIfUnknown();
    switch (commandLine.Command)
    {
        case "serve":
            return await AbuseServer.RunAsync(commandLine.AfterCommand);
        case "attack":
            return await AttackAsync(commandLine.AfterCommand);
        case MixedTraffic.Name:
            return await SoakAsync();
        case "" when commandLine.Has("--list"):
            Console.WriteLine(string.Join('\n', Catalogue.On(commandLine.Host).Select(scenario => scenario.Name)));
            return 0;
        case "":
            return await ReportAsync();
        default:
            throw new ArgumentException(CommandLine.Usage);
    }
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Interrupted.");
    return 130;
}
catch (ArgumentException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}

static async Task<int> AttackAsync(string[] arguments)
{
    var name = arguments[0];
    var port = int.Parse(arguments[1], CultureInfo.InvariantCulture);
    var limit = TimeSpan.FromSeconds(double.Parse(arguments[2], CultureInfo.InvariantCulture));
    Func<Attack, Task> run = name == MixedTraffic.Name ? MixedTraffic.RunAsync : Catalogue.Find(name).AttackAsync;
    using var attack = new Attack(port, limit);
    await run(attack);
    attack.WriteCounts();
    return 0;
}

async Task<int> SoakAsync()
{
    using var interrupt = new Interrupt();
    var progress = new Progress();
    progress.Warn(Surroundings.Warning());
    var duration = TimeSpan.FromMinutes(commandLine.NumberOf("--minutes", 15));
    var report = await new SoakRun(commandLine.Host, duration, progress, interrupt.Token).RunAsync();
    Console.Write(commandLine.Has("--markdown") ? report.ToMarkdown() : report.ToTerminal());
    return report.Passed ? 0 : 1;
}

async Task<int> ReportAsync()
{
    var names = commandLine.ValueOf("--only")?.Split(',');
    var scenarios = names is null ? Catalogue.On(commandLine.Host) : [.. names.Select(Catalogue.Find)];
    if (Surroundings.Complaint() is { } complaint)
    {
        throw new ArgumentException(complaint);
    }

    using var interrupt = new Interrupt();
    var progress = new Progress();
    progress.Warn(Surroundings.Warning());
    var outcomes = new List<Outcome>();
    foreach (var scenario in scenarios)
    {
        outcomes.Add(await new ScenarioRun(scenario, commandLine.Host, progress, interrupt.Token).RunAsync());
    }

    var report = new Report(outcomes);
    Console.Write(commandLine.Has("--markdown") ? report.ToMarkdown() : report.ToTerminal());
    return report.Passed ? 0 : 1;
}
