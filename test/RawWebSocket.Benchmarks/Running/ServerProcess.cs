using System.Collections.ObjectModel;
using System.Globalization;
using RawWebSocket.Benchmarks.Comparing;
using RawWebSocket.Benchmarks.Serving;

namespace RawWebSocket.Benchmarks.Running;

/// <summary>A server that is measured.</summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

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
            ["serve", BenchmarkServer.AttachedSwitch, "--engine", $"{contender.Engine}", "--deflate", $"{compression}"];
        var process = new ChildProcess(contender.IsTuned ? [.. arguments, "--tuned"] : arguments, ReadOnlyDictionary<string, string>.Empty);
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
