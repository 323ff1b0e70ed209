using System.Globalization;
using System.Text.Json;
using RawWebSocket.Abuse.Server;

namespace RawWebSocket.Abuse.Running;

/// <summary>The server under attack.</summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    private readonly ChildProcess _process;
    private readonly SemaphoreSlim _asking = new(1);

    private ServerProcess(ChildProcess process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Starts a server with these settings and waits until it listens.</summary>
    public static async Task<ServerProcess> StartAsync(
        IReadOnlyDictionary<string, string> settings,
        IReadOnlyDictionary<string, string> surroundings,
        CancellationToken cancellationToken)
    {
        // The collector that a web application has.
        var environment = new Dictionary<string, string>(surroundings) { ["DOTNET_gcServer"] = "1" };
        var process = new ChildProcess(["serve", .. settings.Select(setting => $"--{setting.Key}={setting.Value}")], environment);
        try
        {
            var line = await process.ReadLineAsync(cancellationToken).WaitAsync(AnswerLimit, cancellationToken);
            return line is not null
                ? new ServerProcess(process, int.Parse(line, CultureInfo.InvariantCulture))
                : throw new InvalidOperationException("The server did not start; it says why above.");
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>What it knows about itself.</summary>
    public Task<ServerStats> ReadStatsAsync(CancellationToken cancellationToken) => AskAsync(AdminChannel.Stats, cancellationToken);

    /// <summary>The same after a full collection.</summary>
    public Task<ServerStats> CollectAsync(CancellationToken cancellationToken) => AskAsync(AdminChannel.Collect, cancellationToken);

    /// <summary>Makes it broadcast from now on.</summary>
    public Task BroadcastAsync(int bytes, int perSecond, CancellationToken cancellationToken) =>
        AskAsync($"{AdminChannel.Broadcast} {bytes} {perSecond}", cancellationToken);

    /// <summary>Ends the broadcasts.</summary>
    public Task QuietAsync(CancellationToken cancellationToken) => AskAsync(AdminChannel.Quiet, cancellationToken);

    /// <summary>Stops the host; returns when that has begun.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => AskAsync(AdminChannel.Stop, cancellationToken);

    public Vitals ReadVitals() => _process.ReadVitals();

    public double ReadProcessorSeconds() => _process.ReadProcessorSeconds();

    public long ReadResidentBytes() => _process.ReadResidentBytes();

    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    public void Dispose()
    {
        _process.Dispose();
        _asking.Dispose();
    }

    private async Task<ServerStats> AskAsync(string command, CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken);
        try
        {
            _process.WriteLine(command);
            var line = await _process.ReadLineAsync(cancellationToken).WaitAsync(AnswerLimit, cancellationToken);
            return JsonSerializer.Deserialize<ServerStats>(line ?? throw new InvalidOperationException("The server has died."))!;
        }
        finally
        {
            _asking.Release();
        }
    }
}
