using RawWebSocket.Protocol;

namespace RawWebSocket.Compression;

/// <summary>
/// How a connection's compressed messages are decompressed (RFC 7692 section 7.2.2). A decompressor is borrowed for a message, from its
/// first byte to its end; between messages there is at most what the peer's window holds, and the decompressor of a peer that sends often,
/// while half of the memory budget is free.
/// </summary>
/// <remarks>For one message at a time; <see cref="Park"/> may be called by any thread.</remarks>
internal sealed class IncomingCompression : IMessageInflater
{
    // Old zlibs make a window of 9 bits when they are told to make one of 8.
    private const int SmallestWindow = 9;

    // Its window, its tables, and a copy of what it has said.
    private const int InflaterBytes = 80 * 1024;

    // Below this a message is small, by whatever it has grown.
    private const long AlwaysAllowed = 1024 * 1024;

    private readonly ZlibPools _pools;
    private readonly int _maxRatio;
    private readonly IMemoryAccount _memory;
    private readonly History? _history;
    private readonly Lock _gate = new();
    private SendRate _rate;
    private Inflater? _inflater;
    private bool _isInMessage;
    private long _work;

    public IncomingCompression(ZlibPools pools, DeflateAgreement agreement, int maxRatio, IMemoryAccount memory, TimeProvider time)
    {
        _pools = pools;
        _maxRatio = maxRatio;
        _memory = memory;
        _rate = new SendRate(time);
        _history = agreement.ClientNoContextTakeover
            ? null
            : new History(Math.Max(agreement.ClientWindowBits, SmallestWindow), memory);
    }

    /// <summary>
    /// Decompresses a piece of a message; the first one begins it. Writes no more than there is room for, so whoever calls can stop at any
    /// limit: then <see cref="Stop"/> follows.
    /// </summary>
    public InflateStatus Inflate(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int written)
    {
        lock (_gate)
        {
            var inflater = Borrow();
            var status = inflater.Inflate(input, output, out consumed, out written);
            CountWork(inflater);
            if (status == InflateStatus.Garbage)
            {
                GiveBack();
            }

            return status;
        }
    }

    /// <summary>
    /// After the last byte of the message's last fragment; again while the output is full. When it is done, the next message may come.
    /// </summary>
    public InflateStatus End(Span<byte> output, out int written)
    {
        lock (_gate)
        {
            var inflater = Borrow();
            var status = inflater.End(output, out written);
            CountWork(inflater);
            if (status == InflateStatus.OutputFull)
            {
                return status;
            }

            _isInMessage = false;
            if (status == InflateStatus.Garbage || !_rate.CountOne() || !MayKeep)
            {
                GiveBack();
            }

            return status;
        }
    }

    public long Work => Volatile.Read(ref _work);

    // Half of the budget is for messages.
    private bool MayKeep => _history is not null && _memory.Budget.Held <= _memory.Budget.Limit / 2;

    public bool IsRatioTooHigh(long compressed, long inflated) => inflated > AlwaysAllowed && inflated / _maxRatio > compressed;

    /// <summary>Gives back all that is held: at the end of the connection, or when it has failed.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            GiveBack();
            _history?.Release();
        }
    }

    /// <summary>Gives the decompressor back after a second of silence, or when memory becomes scarce.</summary>
    public void Park()
    {
        lock (_gate)
        {
            if (!_isInMessage && (_rate.IsSilent || !MayKeep))
            {
                GiveBack();
            }
        }
    }

    private Inflater Borrow()
    {
        if (_inflater is null)
        {
            // Nothing is held of one that could not begin.
            var inflater = _pools.RentInflater();
            inflater.Begin(_history);
            _memory.Charge(InflaterBytes);
            _inflater = inflater;
        }
        else if (!_isInMessage)
        {
            _inflater.Continue();
        }

        _isInMessage = true;
        return _inflater;
    }

    // Read by whoever counts what the peer has cost, without the lock.
    private void CountWork(Inflater inflater)
    {
        if (inflater.TakeWork() is > 0 and var work)
        {
            Volatile.Write(ref _work, _work + work);
        }
    }

    private void GiveBack()
    {
        if (_inflater is not null)
        {
            _pools.Return(_inflater);
            _memory.Release(InflaterBytes);
            _inflater = null;
            _isInMessage = false;
        }
    }
}
