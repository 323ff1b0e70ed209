using RawWebSocket.Fuzz;
using RawWebSocket.Fuzz.Engine;

try
{
    return new FuzzProgram(FuzzArguments.Parse(args), Console.Out).Run();
}
catch (FormatException exception)
{
    Console.Error.WriteLine(exception.Message);
    Console.Error.WriteLine();
    Console.Error.WriteLine(FuzzArguments.Usage);
    Console.Error.WriteLine();
    Console.Error.WriteLine($"Targets: {string.Join(", ", AllTargets.Names)}.");
    return 2;
}
