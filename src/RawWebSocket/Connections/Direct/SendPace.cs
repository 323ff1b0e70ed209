namespace RawWebSocket.Connections.Direct;

/// <summary>
/// Notices short sends in fast succession: each for itself would be a system call and a segment, where Kestrel's queue makes one of many.
/// </summary>
internal struct SendPace
{
    /// <summary>What is shorter, in bytes, is cheaper together with others when it comes in fast succession.</summary>
    public const int ShortSend = 4 * 1024;

    /// <summary>So many may leave at once within a millisecond of the clock, which moves on in steps of some.</summary>
    public const int MostAtOnce = 4;

    private int _tick;
    private int _count;

    /// <summary>Counts a send; whether it is one too many to leave at once.</summary>
    /// <param name="tick">The milliseconds of <see cref="Environment.TickCount"/>.</param>
    public bool IsFast(int tick)
    {
        _count = tick == _tick ? _count + 1 : 1;
        _tick = tick;
        return _count > MostAtOnce;
    }
}
