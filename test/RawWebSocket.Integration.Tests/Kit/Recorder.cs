using System.Collections;

namespace RawWebSocket.Integration.Tests.Kit;

/// <summary>What happened, in order, and a way to wait for it. Thread-safe.</summary>
internal sealed class Recorder<T> : IReadOnlyCollection<T>
{
    private readonly Lock _gate = new();
    private readonly List<T> _items = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Count => Snapshot().Count;

    public void Add(T item)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            _items.Add(item);
            changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    /// <summary>Waits until what has been recorded satisfies the condition.</summary>
    public async Task<IReadOnlyList<T>> UntilAsync(Func<IReadOnlyList<T>, bool> condition)
    {
        var start = Environment.TickCount64;
        while (true)
        {
            IReadOnlyList<T> items;
            Task changed;
            lock (_gate)
            {
                items = [.. _items];
                changed = _changed.Task;
            }

            if (condition(items))
            {
                return items;
            }

            try
            {
                await changed.WaitAsync(Waiting.Limit - TimeSpan.FromMilliseconds(Environment.TickCount64 - start));
            }
            catch (Exception exception) when (exception is TimeoutException or ArgumentOutOfRangeException)
            {
                throw new TimeoutException($"What was waited for did not happen. What did:\n{string.Join('\n', items)}", exception);
            }
        }
    }

    /// <summary>Waits for the first that satisfies the condition.</summary>
    public async Task<T> FirstAsync(Func<T, bool> condition) => (await UntilAsync(items => items.Any(condition))).First(condition);

    /// <summary>Waits until as many have been recorded.</summary>
    public Task<IReadOnlyList<T>> CountAsync(int count) => UntilAsync(items => items.Count >= count);

    public IEnumerator<T> GetEnumerator() => Snapshot().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private List<T> Snapshot()
    {
        lock (_gate)
        {
            return [.. _items];
        }
    }
}
