namespace RawWebSocket.Fuzz.Engine;

/// <summary>
/// What has been seen to happen: each feature, such as "a ping after a text that came in pieces", is a bit in a map. An input that sets
/// a new one is worth keeping. This stands in for the coverage that an instrumented program would report.
/// </summary>
internal sealed class Features
{
    private const int Bits = 20;

    private readonly ulong[] _seen = new ulong[(1 << Bits) / 64];
    private uint _previous;

    /// <summary>How many features were ever seen.</summary>
    public int Count { get; private set; }

    /// <summary>How many features the present input was the first to show.</summary>
    public int New { get; private set; }

    /// <summary>Says that another input runs from now on.</summary>
    public void Begin()
    {
        New = 0;
        _previous = 0;
    }

    /// <summary>Something happened, no matter what happened before it.</summary>
    public void Add(int kind, int first = 0, int second = 0)
    {
        var bit = Mix(Mix(Mix((uint)kind) + (uint)first) + (uint)second) >> (32 - Bits);
        var mask = 1UL << (int)(bit & 63);
        ref var word = ref _seen[bit >> 6];
        if ((word & mask) == 0)
        {
            word |= mask;
            Count++;
            New++;
        }
    }

    /// <summary>Something happened, and it matters what happened right before it: the two together are the feature.</summary>
    public void AddStep(int kind, int first = 0, int second = 0)
    {
        var step = Mix(Mix(Mix((uint)kind) + (uint)first) + (uint)second);
        Add((int)step, (int)_previous);
        _previous = step;
    }

    /// <summary>Lengths count by their order of magnitude.</summary>
    public static int Magnitude(long length) => length <= 0 ? 0 : 1 + (int)long.Log2(length);

    // Knuth's multiplier and a shift: the same in every run, which HashCode is not.
    private static uint Mix(uint value)
    {
        value *= 2654435761;
        return value ^ (value >> 15);
    }
}
