using Microsoft.Extensions.Logging;
using RawWebSocket.Diagnostics;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <summary>Keeps the memory budget: aborts the connections that hold most, until what the others hold fits again.</summary>
internal sealed class MemoryShedder(MemoryBudget budget, OpenConnections open, ILogger logger)
{
    private int _shedding;

    /// <summary>Sheds on a thread of its own, because whoever exceeds the budget does so under locks. One at a time.</summary>
    public void Start()
    {
        if (Interlocked.Exchange(ref _shedding, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static shedder => shedder.Run(), this, preferLocal: false);
        }
    }

    private void Run()
    {
        try
        {
            Shed();
        }
        finally
        {
            Volatile.Write(ref _shedding, 0);
        }

        // What was charged while this ran found it running.
        if (budget.IsExceeded && open.All.Any(static connection => connection is { IsAborted: false, HeldBytes: > 0 }))
        {
            Start();
        }
    }

    // An aborted connection gives back what it holds a little later, so what is on its way is not waited for.
    private void Shed()
    {
        var excess = budget.Held - budget.Limit - open.All.Where(static connection => connection.IsAborted).Sum(static connection => connection.HeldBytes);
        var worst = open.All.Where(static connection => connection is { IsAborted: false, HeldBytes: > 0 })
            .Select(static connection => (Connection: connection, Held: connection.HeldBytes))
            .OrderByDescending(static entry => entry.Held);
        var (count, bytes) = (0, 0L);
        foreach (var (connection, held) in worst)
        {
            if (bytes >= excess)
            {
                break;
            }

            connection.Abort($"The memory budget was exceeded, and the connection held {held} bytes of messages.", WebSocketLimit.Memory);
            count++;
            bytes += held;
        }

        if (count > 0)
        {
            Log.MemoryShed(logger, budget.Limit, count, bytes);
        }
    }
}
