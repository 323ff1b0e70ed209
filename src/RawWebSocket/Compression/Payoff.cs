namespace RawWebSocket.Compression;

/// <summary>
/// Whether compressing a connection's messages saves enough to be worth the time it takes. What does not is tried again now and then,
/// less and less often.
/// </summary>
internal struct Payoff()
{
    // A tenth is what must be saved, of messages as they come; a few of them tell little.
    private const double WorstRatio = 0.9;
    private const int Sample = 8;
    private const int FirstPause = 32;
    private const int LongestPause = 1024;

    private long _in;
    private long _out;
    private int _sampled;
    private int _pause = FirstPause;
    private int _skip;

    /// <summary>What compressing leaves of a payload at present; 1 as long as nothing is known.</summary>
    public readonly double Ratio => _in == 0 ? 1 : (double)_out / _in;

    /// <summary>Whether to compress the next message.</summary>
    public bool IsWorthwhile() => _skip == 0 || --_skip == 0;

    /// <summary>What became of a fragment; what counts as one in the sample is a message.</summary>
    public void Add(long payload, long compressed, bool endsMessage = true)
    {
        _in += payload;
        _out += compressed;
        if (!endsMessage || ++_sampled < Sample)
        {
            return;
        }

        if (Ratio > WorstRatio)
        {
            _skip = _pause;
            _pause = Math.Min(2 * _pause, LongestPause);
            _in = _out = 0;
        }
        else
        {
            // What is long past counts for less and less.
            _pause = FirstPause;
            _in /= 2;
            _out /= 2;
        }

        _sampled = 0;
    }
}
