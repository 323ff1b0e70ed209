using System.Globalization;
using RawWebSocket.Abuse;
using RawWebSocket.Abuse.Reporting;
using RawWebSocket.Abuse.Running;
using RawWebSocket.Abuse.Scenarios;
using RawWebSocket.Abuse.Server;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var commandLine = new CommandLine(args);
try
{
    switch (commandLine.Command)
    {
        case "serve":
            return await AbuseServer.RunAsync(commandLine.AfterCommand);
        case "attack":
            return await AttackAsync(commandLine.AfterCommand[0], int.Parse(commandLine.AfterCommand[1], CultureInfo.InvariantCulture));
        case "" when commandLine.Has("--list"):
            Console.WriteLine(string.Join('\n', Catalogue.All.Select(scenario => scenario.Name)));
            return 0;
        case "":
            return await ReportAsync();
        default:
            throw new ArgumentException(CommandLine.Usage);
    }
}
catch (ArgumentException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}

static async Task<int> AttackAsync(string name, int port)
{
    var scenario = Catalogue.Find(name);
    using var attack = new Attack(port, scenario.Limit);
    await scenario.AttackAsync(attack);
    attack.WriteCounts();
    return 0;
}

async Task<int> ReportAsync()
{
    var names = commandLine.ValueOf("--only")?.Split(',');
    var scenarios = names is null ? Catalogue.All : [.. names.Select(Catalogue.Find)];
    if (FileLimit.Complaint() is { } complaint)
    {
        Console.Error.WriteLine(complaint);
        return 2;
    }

    using var interrupt = new Interrupt();
    var progress = new Progress();
    var outcomes = new List<Outcome>();
    foreach (var scenario in scenarios)
    {
        outcomes.Add(await new ScenarioRun(scenario, progress, interrupt.Token).RunAsync());
    }

    var report = new Report(outcomes);
    Console.Write(commandLine.Has("--markdown") ? report.ToMarkdown() : report.ToTerminal());
    return report.Passed ? 0 : 1;
}
