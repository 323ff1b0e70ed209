using System.Collections.Concurrent;

namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>A thread that cancels what others have sent, at about the time at which its turn comes.</summary>
internal sealed class Canceller : IDisposable
{
    private readonly BlockingCollection<(CancellationTokenSource Source, int Patience)> _sources = [];
    private readonly Thread _thread;

    public Canceller()
    {
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>A token that will be cancelled, sooner or later.</summary>
    /// <param name="patience">How long to spin before.</param>
    public CancellationToken NewToken(int patience)
    {
        var source = new CancellationTokenSource();
        var token = source.Token;
        _sources.Add((source, patience));
        return token;
    }

    /// <summary>Whether all have been cancelled in time.</summary>
    public bool End(TimeSpan limit)
    {
        _sources.CompleteAdding();
        return _thread.Join(limit);
    }

    public void Dispose() => _sources.Dispose();

    private void Run()
    {
        foreach (var (source, patience) in _sources.GetConsumingEnumerable())
        {
            Thread.SpinWait(patience);
            source.Cancel();
            source.Dispose();
        }
    }
}
