using System.Diagnostics;
using System.Numerics;

namespace RawWebSocket.Benchmarks.Loading;

/// <summary>Counts latencies in steps of less than 1 %, in the same small memory however many there are.</summary>
internal sealed class LatencyHistogram
{
    private const int StepBits = 7;
    private const int Steps = 1 << StepBits;

    private readonly long[] _counts = new long[64 * Steps];
    private long _total;

    /// <summary>Counts a latency, in ticks of <see cref="Stopwatch"/>.</summary>
    public void Add(long ticks)
    {
        _counts[IndexOf(ticks)]++;
        _total++;
    }

    /// <summary>The latency that this part of all were not beyond, in microseconds; null when there are too few beyond it to say.</summary>
    public double? Quantile(double part)
    {
        if (Math.Round(_total * (1 - part), 6) < 1)
        {
            return null;
        }

        var wanted = (long)Math.Ceiling(_total * part);
        var seen = 0L;
        for (var index = 0; index < _counts.Length && wanted > 0; index++)
        {
            seen += _counts[index];
            if (seen >= wanted)
            {
                return MiddleOf(index) * 1e6 / Stopwatch.Frequency;
            }
        }

        return null;
    }

    // Below two times Steps every value has a place of its own; above, each power of two has Steps of them.
    private static int IndexOf(long ticks)
    {
        if (ticks < Steps)
        {
            return (int)Math.Max(0, ticks);
        }

        var shift = BitOperations.Log2((ulong)ticks) - StepBits;
        return ((shift + 1) * Steps) + (int)(ticks >> shift) - Steps;
    }

    private static double MiddleOf(int index)
    {
        if (index < Steps)
        {
            return index;
        }

        var shift = (index / Steps) - 1;
        return (((index % Steps) + Steps) + 0.5) * (1L << shift);
    }
}
