using System.Collections.ObjectModel;
using System.Globalization;
using RawWebSocket.Benchmarks.Comparing;
using RawWebSocket.Benchmarks.Serving;

namespace RawWebSocket.Benchmarks.Running;

/// <summary>A server that is measured.</summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private static readonly ReadOnlyDictionary<string, string> Nothing = ReadOnlyDictionary<string, string>.Empty;

    private static readonly ReadOnlyDictionary<string, string> WorkstationCollector =
        new(new Dictionary<string, string> { ["DOTNET_gcServer"] = "0" });

    private readonly ChildProcess _process;

    private ServerProcess(ChildProcess process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<ServerProcess> StartAsync(Contender contender, DeflateMode compression, CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            "serve", BenchmarkServer.AttachedSwitch,
            "--engine", $"{contender.Engine}",
            "--deflate", $"{compression}",
            "--host", $"{contender.Host}",
        ];
        var process = contender.Program is { } program
            ? new ChildProcess(program, [], Nothing)
            : ChildProcess.OfThisProgram(arguments, contender.HasWorkstationCollector ? WorkstationCollector : Nothing);
        try
        {
            var port = int.Parse(await process.ReadLineAsync(StartLimit, cancellationToken), CultureInfo.InvariantCulture);
            return new ServerProcess(process, port);
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    public void Dispose() => _process.Dispose();
}
