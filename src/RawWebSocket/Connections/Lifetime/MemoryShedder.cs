using Microsoft.Extensions.Logging;
using RawWebSocket.Diagnostics;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <summary>Keeps the memory budget: aborts the connections that hold most, until what the others hold fits again.</summary>
internal sealed class MemoryShedder(MemoryBudget budget, OpenConnections open, ILogger logger)
{
    // Some more is shed than must be, so that the very next message does not exceed the budget again.
    private const int Slack = 16;

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
        var count = 0;
        try
        {
            count = Shed();
        }
        catch (Exception exception)
        {
            // On a thread of the pool it would end the process.
            open.OnFailure(null, exception);
        }
        finally
        {
            Volatile.Write(ref _shedding, 0);
        }

        // What was charged while this ran found it running. Where nothing can be shed, the next beat looks again.
        if (count > 0 && budget.IsExceeded)
        {
            Start();
        }
    }

    private int Shed()
    {
        // What can be done without goes first, and costs nobody a connection.
        foreach (var connection in open.All)
        {
            connection.ParkCompression();
        }

        // A connection that has been aborted gives back what it holds a little later, so what is on its way is not shed again.
        var ending = open.All.Where(static connection => connection.IsEnding).Sum(static connection => connection.HeldBytes);
        var excess = budget.Held - ending - budget.Limit;
        if (excess <= 0)
        {
            return 0;
        }

        excess += budget.Limit / Slack;
        var worst = open.All.Where(static connection => connection.CanBeShed)
            .Select(static connection => (Connection: connection, Held: connection.HeldBytes))
            .Where(static entry => entry.Held > 0)
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

        return count;
    }
}
