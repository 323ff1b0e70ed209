using System.Diagnostics;
using System.Globalization;

namespace RawWebSocket.Testing;

/// <summary>The time one expectation has, from its making on. Without end while a debugger is attached.</summary>
internal readonly struct TimeLimit(TimeSpan limit)
{
    private readonly long _start = Stopwatch.GetTimestamp();

    public TimeSpan Limit { get; } = Of(limit);

    public TimeSpan Remaining
    {
        get
        {
            if (Limit == Timeout.InfiniteTimeSpan)
            {
                return Limit;
            }

            var remaining = Limit - Stopwatch.GetElapsedTime(_start);
            return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
        }
    }

    public static TimeSpan Of(TimeSpan limit) => Debugger.IsAttached ? Timeout.InfiniteTimeSpan : limit;

    public static string InWords(TimeSpan limit) => string.Create(CultureInfo.InvariantCulture, $"{limit.TotalSeconds:0.###} s");
}
