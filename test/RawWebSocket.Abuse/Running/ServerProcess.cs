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

    private ServerProcess(ChildProcess process, MemoryCage? cage, int port)
    {
        _process = process;
        Cage = cage;
        Port = port;
    }

    public int Port { get; }

    /// <summary>What limits its memory; null when nothing does.</summary>
    public MemoryCage? Cage { get; }

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Starts a server with these settings and waits until it listens.</summary>
    /// <param name="settings">Its configuration.</param>
    /// <param name="surroundings">Its environment variables, besides those that it is given anyway.</param>
    /// <param name="mebibytes">The memory that it may use; null for no limit.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ServerProcess> StartAsync(
        IReadOnlyDictionary<string, string> settings,
        IReadOnlyDictionary<string, string> surroundings,
        int? mebibytes,
        CancellationToken cancellationToken)
    {
        var cage = mebibytes is { } limit ? new MemoryCage(limit * 1024L * 1024) : null;

        // The collector that a web application has.
        var environment = new Dictionary<string, string>(surroundings) { ["DOTNET_gcServer"] = "1" };
        var process = new ChildProcess(["serve", .. settings.Select(setting => $"--{setting.Key}={setting.Value}")], environment, cage);
        try
        {
            var line = await process.ReadLineAsync(cancellationToken).WaitAsync(AnswerLimit, cancellationToken);
            return line is not null
                ? new ServerProcess(process, cage, int.Parse(line, CultureInfo.InvariantCulture))
                : throw new InvalidOperationException("The server did not start; it says why above.");
        }
        catch
        {
            process.Dispose();
            cage?.Dispose();
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

    /// <summary>Lets the whole process stand still for so long, as a debugger or a paused machine does.</summary>
    public async Task StandStillAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        await _process.PauseAsync();
        try
        {
            await Task.Delay(time, cancellationToken);
        }
        finally
        {
            await _process.ContinueAsync();
        }
    }

    public Vitals ReadVitals() => _process.ReadVitals();

    public double ReadProcessorSeconds() => _process.ReadProcessorSeconds();

    public long ReadResidentBytes() => _process.ReadResidentBytes();

    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    public void Dispose()
    {
        _process.Dispose();
        Cage?.Dispose();
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
