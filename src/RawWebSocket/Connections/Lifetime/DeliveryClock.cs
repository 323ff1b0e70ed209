using RawWebSocket.Connections.Sending;

namespace RawWebSocket.Connections.Lifetime;

/// <summary>
/// Judges, once a heartbeat, a peer that has been sent our close frame and still has bytes before it to take: while it takes some within
/// every send timeout it may go on, though not for longer than an awaited send of as many bytes might have taken.
/// </summary>
internal struct DeliveryClock
{
    private long _least;
    private long _begunAt;
    private long _progressAt;
    private TimeSpan _longest;
    private bool _begun;

    public enum Verdict
    {
        /// <summary>Nothing is on its way any more, or nobody can tell.</summary>
        Delivered,

        /// <summary>Something is, and the peer takes it.</summary>
        UnderWay,

        /// <summary>The peer has taken nothing for too long, or too little in all.</summary>
        Stuck,
    }

    /// <param name="time">The clock.</param>
    /// <param name="now">Its timestamp.</param>
    /// <param name="left">How many bytes the peer has not taken; null when that is not known.</param>
    /// <param name="patience">How long it may take nothing, and a chunk.</param>
    public Verdict Judge(TimeProvider time, long now, long? left, TimeSpan patience)
    {
        if (left is not { } bytes || bytes == 0)
        {
            return Verdict.Delivered;
        }

        if (!_begun)
        {
            (_begun, _begunAt, _progressAt, _least) = (true, now, now, bytes);
            _longest = patience * (1 + (bytes / MessageWriter.Chunk));
        }
        else if (bytes < _least)
        {
            (_least, _progressAt) = (bytes, now);
        }

        return time.GetElapsedTime(_progressAt, now) >= patience || time.GetElapsedTime(_begunAt, now) >= _longest
            ? Verdict.Stuck
            : Verdict.UnderWay;
    }
}
