using RawWebSocket.Fuzz.Engine;

namespace RawWebSocket.Fuzz.Connections;

/// <summary>What an application was told, and what it waits for.</summary>
internal sealed class ApplicationRecord
{
    private readonly Lock _gate = new();
    private readonly List<Task> _tasks = [];
    private int _messages;
    private int _closed;

    /// <summary>How many messages it was given.</summary>
    public int Messages => Volatile.Read(ref _messages);

    /// <summary>How often it was told that its connection is closed.</summary>
    public int Closed => Volatile.Read(ref _closed);

    /// <summary>What it was told of the end.</summary>
    public WebSocketClosure? Closure { get; private set; }

    public void OnMessage()
    {
        Interlocked.Increment(ref _messages);
        Invariant.Holds(Closed == 0, "No message is handed over after the application was told that its connection is closed.");
    }

    public void OnClosed(WebSocketClosure closure)
    {
        Closure = closure;
        Interlocked.Increment(ref _closed);
    }

    public static void OnError(Exception exception) =>
        Invariant.Holds(exception is ExpectedException, "The application gets no exception that it has not thrown.", () => $"{exception}");

    /// <summary>Notes what must have an end when the connection has one.</summary>
    public void Track(Task task)
    {
        lock (_gate)
        {
            _tasks.Add(task);
        }
    }

    public IReadOnlyList<Task> Tracked()
    {
        lock (_gate)
        {
            return [.. _tasks];
        }
    }
}
