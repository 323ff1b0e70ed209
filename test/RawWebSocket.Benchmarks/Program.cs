using System.Globalization;
using System.Text.Json;
using RawWebSocket.Benchmarks;
using RawWebSocket.Benchmarks.Comparing;
using RawWebSocket.Benchmarks.Holding;
using RawWebSocket.Benchmarks.Loading;
using RawWebSocket.Benchmarks.Micro;
using RawWebSocket.Benchmarks.Serving;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var arguments = new Arguments(args);
try
{
    return arguments.Command switch
    {
        _ when arguments.Has("--help") && arguments.Command != "micro" => PrintUsage(),
        "compare" => await CompareCommand.RunAsync(arguments),
        "serve" => await BenchmarkServer.RunAsync(arguments),
        "load" => Load(),
        "hold" => await HoldCommand.RunAsync(arguments),
        "micro" => MicroCommand.Run(arguments.AfterCommand),
        _ => throw new ArgumentException(Arguments.Usage),
    };
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
catch (Exception exception) when (exception is IOException or InvalidDataException or TimeoutException or HttpRequestException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}

int PrintUsage()
{
    Console.WriteLine(Arguments.Usage);
    return 0;
}

int Load()
{
    using var run = new LoadRun(LoadPlan.From(arguments), arguments.CountOf("--port", 0));
    Console.WriteLine(JsonSerializer.Serialize(run.Run()));
    return 0;
}
