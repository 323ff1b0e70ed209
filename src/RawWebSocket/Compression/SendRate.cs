namespace RawWebSocket.Compression;

/// <summary>Whether a connection sends so often that it is worth keeping something ready for it.</summary>
internal struct SendRate(TimeProvider time)
{
    private const int ChattyFrom = 4;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private long _periodStart = time.GetTimestamp();
    private long _last = time.GetTimestamp();
    private int _count;

    /// <summary>Whether nothing was sent for a second.</summary>
    public readonly bool IsSilent => time.GetElapsedTime(_last) >= Period;

    /// <summary>Counts a message, and tells whether it is the fourth or a later one within a second.</summary>
    public bool CountOne()
    {
        _last = time.GetTimestamp();
        if (time.GetElapsedTime(_periodStart, _last) >= Period)
        {
            _periodStart = _last;
            _count = 0;
        }

        return ++_count >= ChattyFrom;
    }
}
