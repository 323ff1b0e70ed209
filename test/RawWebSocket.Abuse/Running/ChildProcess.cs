using System.Diagnostics;

namespace RawWebSocket.Abuse.Running;

/// <summary>
/// This program once more, as a process of its own. It ends when it is disposed, or, since its standard input ends then, with this process.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private double _processorSeconds;

    public ChildProcess(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, MemoryCage? cage = null)
    {
        var executable = Environment.ProcessPath ?? throw new InvalidOperationException("This program's own file is not known.");
        var isHost = Path.GetFileNameWithoutExtension(executable) == "dotnet";
        string[] command = [executable, .. isHost ? [typeof(ChildProcess).Assembly.Location] : Array.Empty<string>(), .. arguments];
        if (cage is not null)
        {
            // Before the runtime starts, which asks for its limit at its beginning.
            command = ["/bin/sh", "-c", $"{cage.EnterCommand} && exec \"$0\" \"$@\"", .. command];
        }

        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
    }

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Leaves the processors to others first. Those who attack from outside have processors of their own.</summary>
    public void StepBack() => _process.PriorityClass = ProcessPriorityClass.BelowNormal;

    public void WriteLine(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>The next line of its output; null at its end.</summary>
    public async Task<string?> ReadLineAsync(CancellationToken cancellationToken) =>
        await _process.StandardOutput.ReadLineAsync(cancellationToken);

    public Vitals ReadVitals()
    {
        _process.Refresh();
        return new Vitals(_process.WorkingSet64, _process.PeakWorkingSet64, _process.HandleCount, _process.Threads.Count);
    }

    /// <summary>Processor time used so far; the last that was seen when it has exited.</summary>
    public double ReadProcessorSeconds()
    {
        if (!_process.HasExited)
        {
            _process.Refresh();
            _processorSeconds = _process.TotalProcessorTime.TotalSeconds;
        }

        return _processorSeconds;
    }

    public long ReadResidentBytes()
    {
        _process.Refresh();
        return _process.WorkingSet64;
    }

    /// <summary>SIGKILL: nothing of the process runs any more.</summary>
    public void Kill() => _process.Kill();

    /// <summary>SIGSTOP: it stands still until it is told to go on.</summary>
    public Task PauseAsync() => SignalAsync("-STOP");

    /// <summary>SIGCONT.</summary>
    public Task ContinueAsync() => SignalAsync("-CONT");

    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
