using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace RawWebSocket.Transport.Loops;

/// <summary>
/// What a loop has for the thread pool. The pool is asked once for all that one turn brings, since waking a thread costs more than most
/// items. Whoever runs an item first asks for another thread for the rest, so an item that blocks holds up none behind it.
/// </summary>
internal sealed class PoolQueue(ILogger logger) : IThreadPoolWorkItem
{
    // Then the pool's other work gets its turn.
    private const int MostMilliseconds = 15;
    private readonly ConcurrentQueue<IThreadPoolWorkItem> _items = new();
    private int _isAsked;

    public void Add(IThreadPoolWorkItem item)
    {
        _items.Enqueue(item);
        Ask();
    }

    void IThreadPoolWorkItem.Execute()
    {
        // Before the queue is looked at, so that whoever adds from now on asks again.
        Interlocked.Exchange(ref _isAsked, 0);
        var start = Environment.TickCount64;
        while (_items.TryDequeue(out var item))
        {
            if (!_items.IsEmpty)
            {
                Ask();
            }

            Run(item);
            if (Environment.TickCount64 - start >= MostMilliseconds)
            {
                break;
            }
        }

        if (!_items.IsEmpty)
        {
            Ask();
        }
    }

    private void Ask()
    {
        if (Interlocked.Exchange(ref _isAsked, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void Run(IThreadPoolWorkItem item)
    {
        try
        {
            item.Execute();
        }
        catch (Exception exception)
        {
            Log.PoolFault(logger, exception);
        }
    }
}
