namespace RawWebSocket.Compression;

/// <summary>
/// What one way of compressing a connection's messages brings: the bytes that it saves, less what it takes. What brings too little
/// is tried again now and then, less and less often.
/// </summary>
/// <remarks>
/// Taken off is a tenth of the payload, because the peer has to decompress it, and the time, which must have its worth in
/// bytes. A few messages tell little, so eight of them are judged together. The slowest of those, for its length, counts as
/// the others do: it may have been interrupted, or have found nothing ready, and neither says anything about the messages.
/// </remarks>
/// <param name="bytesPerSecond">What a second is worth.</param>
internal struct Payoff(int bytesPerSecond)
{
    private const double PeersShare = 0.1;
    private const int Sample = 8;
    private const int FirstPause = 32;
    private const int LongestPause = 1024;

    private long _payload;
    private long _saved;
    private TimeSpan _time;

    private int _sampled;
    private Stretch _ofSample;
    private Stretch _slowest;
    private Stretch _ofMessage;

    private int _pause = FirstPause;
    private int _skip;

    /// <summary>
    /// What the last messages brought, as a part of their payload: positive where it pays, at most 0.9; null before eight of them have
    /// been compressed.
    /// </summary>
    public double? Gain { get; private set; }

    /// <summary>Whether to compress the next message.</summary>
    public bool IsDue() => _skip == 0 || --_skip == 0;

    /// <summary>
    /// What became of a fragment; what counts as one in the sample is a message. False when a sample has
    /// been completed that brought no more than could be had otherwise; then it is not due for a while.
    /// </summary>
    public bool Add(long payload, long compressed, TimeSpan time, bool endsMessage = true, double otherwise = 0)
    {
        _payload += payload;
        _saved += payload - compressed;
        _ofMessage = new(_ofMessage.Bytes + payload, _ofMessage.Time + time);
        if (endsMessage)
        {
            _ofSample = new(_ofSample.Bytes + _ofMessage.Bytes, _ofSample.Time + _ofMessage.Time);
            _slowest = _ofMessage.TimePerByte > _slowest.TimePerByte ? _ofMessage : _slowest;
            _ofMessage = default;
            _sampled++;
        }

        return _sampled < Sample || Judge(otherwise);
    }

    private bool Judge(double otherwise)
    {
        _time += _ofSample.WithoutDelayOf(_slowest);
        Gain = _payload == 0 ? 0 : (_saved - (_time.TotalSeconds * bytesPerSecond)) / _payload - PeersShare;
        var pays = Gain > otherwise;
        if (pays)
        {
            // What is long past counts for less and less.
            _pause = FirstPause;
            _payload /= 2;
            _saved /= 2;
            _time /= 2;
        }
        else
        {
            _skip = _pause;
            _pause = Math.Min(2 * _pause, LongestPause);
            _payload = _saved = 0;
            _time = TimeSpan.Zero;
        }

        _sampled = 0;
        _ofSample = _slowest = default;
        return pays;
    }

    private readonly record struct Stretch(long Bytes, TimeSpan Time)
    {
        public double TimePerByte => Time.Ticks / (double)Math.Max(Bytes, 1);

        /// <summary>How long this took, had the slowest part of it been as quick as the rest.</summary>
        public TimeSpan WithoutDelayOf(Stretch slowest) =>
            Bytes == slowest.Bytes ? Time : (Time - slowest.Time) * ((double)Bytes / (Bytes - slowest.Bytes));
    }
}
