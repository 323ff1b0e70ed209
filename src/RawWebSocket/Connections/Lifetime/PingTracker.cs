using System.Buffers.Binary;

namespace RawWebSocket.Connections.Lifetime;

/// <summary>The pings that wait for their pong (RFC 6455 section 5.5.3), each told from the others by its payload.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class PingTracker(TimeProvider time)
{
    public const int PayloadSize = sizeof(long);

    private readonly Lock _gate = new();
    private readonly Queue<PendingPing> _pending = new();
    private long _lastId;
    private bool _stopped;

    /// <summary>Makes a ping: its payload, and the round-trip time to come; null when no pong can come any more.</summary>
    /// <param name="payload">Takes its payload.</param>
    /// <param name="now">The timestamp by the clock that peers are held to.</param>
    public Task<TimeSpan?> Begin(Span<byte> payload, long now)
    {
        lock (_gate)
        {
            var ping = new PendingPing(++_lastId, time.GetTimestamp(), now);
            BinaryPrimitives.WriteInt64BigEndian(payload, ping.Id);
            if (_stopped)
            {
                ping.SetResult(null);
            }
            else
            {
                _pending.Enqueue(ping);
            }

            return ping.Task;
        }
    }

    /// <summary>
    /// A pong answers its ping and those before it, since a peer may answer only the
    /// latest; returns that one's round-trip time, or null when it answers none.
    /// </summary>
    public TimeSpan? OnPong(ReadOnlySpan<byte> payload)
    {
        if (payload.Length != PayloadSize)
        {
            return null;
        }

        TimeSpan? roundTrip = null;

        var id = BinaryPrimitives.ReadInt64BigEndian(payload);
        lock (_gate)
        {
            while (id <= _lastId && _pending.TryPeek(out var ping) && ping.Id <= id)
            {
                roundTrip = time.GetElapsedTime(ping.SentAt);
                _pending.Dequeue().SetResult(roundTrip);
            }
        }

        return roundTrip;
    }

    /// <summary>Gives up those that have waited too long.</summary>
    /// <param name="timeout">How long they may wait.</param>
    /// <param name="now">The timestamp by the clock that peers are held to.</param>
    public void Expire(TimeSpan timeout, long now)
    {
        lock (_gate)
        {
            while (_pending.TryPeek(out var ping) && time.GetElapsedTime(ping.WaitsSince, now) >= timeout)
            {
                _pending.Dequeue().SetResult(null);
            }
        }
    }

    /// <summary>Gives up all: the connection ends.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            while (_pending.TryDequeue(out var ping))
            {
                ping.SetResult(null);
            }
        }
    }

    private sealed class PendingPing(long id, long sentAt, long waitsSince)
        : TaskCompletionSource<TimeSpan?>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long Id { get; } = id;

        public long SentAt { get; } = sentAt;

        public long WaitsSince { get; } = waitsSince;
    }
}
