using System.ComponentModel;
using System.Diagnostics;

namespace RawWebSocket.Benchmarks.Running;

/// <summary>A process that ends with this one, mostly this program once more.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _complaints;

    public ChildProcess(string executable, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(executable, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException(exception.Message, exception);
        }

        _complaints = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>This program once more.</summary>
    public static ChildProcess OfThisProgram(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var executable = Environment.ProcessPath ?? throw new InvalidOperationException("This program's own file is not known.");
        var isHost = Path.GetFileNameWithoutExtension(executable) == "dotnet";
        return new ChildProcess(executable, isHost ? [typeof(ChildProcess).Assembly.Location, .. arguments] : arguments, environment);
    }

    /// <summary>The next line of its output.</summary>
    /// <exception cref="InvalidOperationException">It ended without one; what it complained about is the message.</exception>
    public async Task<string> ReadLineAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (await _process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(limit, cancellationToken) is { } line)
        {
            return line;
        }

        var complaint = await _complaints.WaitAsync(limit, cancellationToken);
        throw new InvalidOperationException(complaint.Length > 0 ? complaint : "The process has ended without a word.");
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
