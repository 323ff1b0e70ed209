using Microsoft.Extensions.Logging;
using RawWebSocket.Diagnostics;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Lifetime;

/// <summary>
/// Keeps the memory budget: aborts the connections that hold most, until what the others hold fits again. Whoever holds no more than a fair
/// share of it is never aborted.
/// </summary>
internal sealed class MemoryShedder(MemoryBudget budget, OpenConnections open, ILogger logger)
{
    // Some more is shed than must be, so that the very next message does not exceed the budget again.
    private const int Slack = 16;

    private int _shedding;
    private long _vainUpTo;

    /// <summary>Whether it looks at the connections.</summary>
    public bool IsRunning => Volatile.Read(ref _shedding) != 0;

    /// <summary>
    /// The budget is exceeded. Sheds on a thread of its own, because whoever exceeds it does so under locks. One at a time; and after a
    /// run that could shed nobody, not again before the next beat, unless much more is held by then.
    /// </summary>
    public void Start()
    {
        if (budget.Held > Volatile.Read(ref _vainUpTo) && Interlocked.Exchange(ref _shedding, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static shedder => shedder.Run(), this, preferLocal: false);
        }
    }

    /// <summary>Looks again, where nothing could be shed before. Called once a beat.</summary>
    public void OnBeat()
    {
        Volatile.Write(ref _vainUpTo, 0);
        if (budget.IsExceeded)
        {
            Start();
        }
    }

    private void Run()
    {
        var count = 0;
        try
        {
            count = Shed();

            // A run looks at every connection, which is too much work to do for each charge while it brings nothing.
            var isVain = count == 0 && budget.IsExceeded;
            Volatile.Write(ref _vainUpTo, isVain ? budget.Held + (budget.Limit / Slack) : 0);
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

        // What was charged while this ran found it running.
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
            connection.GiveBackUnused();
        }

        if (!budget.IsExceeded)
        {
            return 0;
        }

        // Nobody pays for what those hold who have ended: it is on its way, or their application is looking at it.
        var ended = 0L;
        foreach (var connection in open.All.Where(static connection => connection.HasEnded))
        {
            connection.DropWaiting();
            ended += connection.FairBytes;
        }

        return budget.Held - ended > budget.Limit ? Shed(ended) : 0;
    }

    private int Shed(long ended)
    {
        // Never below: as long as the budget is exceeded somebody holds more than that.
        var share = budget.FairShare;
        var worst = open.All.Where(static connection => !connection.HasEnded)
            .Select(static connection => (Connection: connection, Held: connection.FairBytes))
            .Where(entry => entry.Held > share)
            .OrderByDescending(static entry => entry.Held);
        var enough = budget.Limit - (budget.Limit / Slack);
        var (count, bytes) = (0, 0L);
        foreach (var (connection, held) in worst)
        {
            // What waits is let go of at once, so the budget itself tells what that has brought; a frame that others hold too brings nothing.
            if (budget.Held - ended <= enough)
            {
                break;
            }

            connection.Abort($"The memory budget was exceeded, and the connection held {held} bytes of messages.", WebSocketLimit.Memory);
            ended += connection.FairBytes;
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
