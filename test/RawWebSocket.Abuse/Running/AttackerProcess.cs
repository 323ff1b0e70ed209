using System.Text.Json;
using RawWebSocket.Abuse.Reporting;
using RawWebSocket.Abuse.Scenarios;

namespace RawWebSocket.Abuse.Running;

/// <summary>The process that attacks.</summary>
internal sealed class AttackerProcess : IDisposable
{
    private readonly ChildProcess _process;
    private readonly TaskCompletionSource _holding = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task<Dictionary<string, long>> _counts;

    /// <summary>Starts the process, which then waits for <see cref="Go"/>.</summary>
    /// <param name="arguments">What it does, the server's port, and for how many seconds.</param>
    /// <param name="progress">Told what it says.</param>
    /// <param name="cancellationToken">Stops listening to it.</param>
    public AttackerProcess(string[] arguments, Progress progress, CancellationToken cancellationToken)
    {
        _process = new ChildProcess(["attack", .. arguments]);
        _process.StepBack();
        _counts = ReadAsync(progress, cancellationToken);
    }

    /// <summary>Completes when the attackers have taken up their position, or have gone.</summary>
    public Task Holding => _holding.Task;

    /// <summary>Waits for the end of the attack: what the attackers saw.</summary>
    public Task<Dictionary<string, long>> FinishAsync(TimeSpan limit, CancellationToken cancellationToken) =>
        _counts.WaitAsync(limit, cancellationToken);

    public double ReadProcessorSeconds() => _process.ReadProcessorSeconds();

    /// <summary>Lets the attack begin.</summary>
    public void Go() => _process.WriteLine(Attack.GoCommand);

    /// <summary>Tells the attackers to end what they do.</summary>
    public void Release() => _process.WriteLine(Attack.ReleaseCommand);

    /// <summary>kill -9.</summary>
    public void Kill() => _process.Kill();

    public void Dispose() => _process.Dispose();

    private async Task<Dictionary<string, long>> ReadAsync(Progress progress, CancellationToken cancellationToken)
    {
        try
        {
            while (await _process.ReadLineAsync(cancellationToken) is { } line)
            {
                if (line == Attack.HoldingLine)
                {
                    _holding.TrySetResult();
                }
                else if (line.StartsWith('{'))
                {
                    return JsonSerializer.Deserialize<Dictionary<string, long>>(line)!;
                }
                else
                {
                    progress.Say(line);
                }
            }

            return [];
        }
        finally
        {
            _holding.TrySetResult();
        }
    }
}
