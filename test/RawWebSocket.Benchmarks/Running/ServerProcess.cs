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
        var process = contender.Program is { } program ? new ChildProcess(program, [], Nothing) : OfThisProgram(contender, compression);
        try
        {
            var line = await process.ReadLineAsync(StartLimit, cancellationToken);
            return int.TryParse(line, CultureInfo.InvariantCulture, out var port)
                ? new ServerProcess(process, port)
                : throw new InvalidOperationException($"The server should have printed its port, and printed: {line}");
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    private static ChildProcess OfThisProgram(Contender contender, DeflateMode compression)
    {
        string[] arguments =
        [
            "serve", BenchmarkServer.AttachedSwitch,
            "--engine", $"{contender.Engine}",
            "--deflate", $"{compression}",
            "--host", $"{contender.Host}",
        ];
        return contender.Build is { } build
            ? new ChildProcess("dotnet", [build, .. arguments], Nothing)
            : ChildProcess.OfThisProgram(arguments, Nothing);
    }

    public void Dispose() => _process.Dispose();
}
