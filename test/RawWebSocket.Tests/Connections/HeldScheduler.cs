using System.IO.Pipelines;

namespace RawWebSocket.Tests.Connections;

/// <summary>Runs what it is given at once, or, while it holds, not before it lets go: a thread pool that has no thread.</summary>
internal sealed class HeldScheduler : PipeScheduler
{
    private readonly Queue<(Action<object?> Action, object? State)> _held = new();

    public bool Holds { get; set; }

    public override void Schedule(Action<object?> action, object? state)
    {
        if (Holds)
        {
            _held.Enqueue((action, state));
        }
        else
        {
            action(state);
        }
    }

    public void LetGo()
    {
        Holds = false;
        while (_held.TryDequeue(out var held))
        {
            held.Action(held.State);
        }
    }
}
