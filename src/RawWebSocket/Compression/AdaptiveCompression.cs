using System.Buffers;
using RawWebSocket.Protocol;

namespace RawWebSocket.Compression;

/// <summary>
/// Compression as the traffic asks for it: by message at first, with context takeover for a connection that sends small messages often,
/// and not at all where it does not pay. What each way saves and the time that it takes are measured as it goes.
/// </summary>
/// <remarks>Agrees to takeover outward and makes use of it or not (RFC 7692 section 7.1.1.1 allows both). Thread-safe.</remarks>
/// <param name="pools">Where compressors come from.</param>
/// <param name="settings">How they compress.</param>
/// <param name="mayTakeOver">False where <c>server_no_context_takeover</c> was agreed.</param>
/// <param name="bytesPerSecond">What a second of compressing must save.</param>
/// <param name="memory">Charged for what is held; while half of its budget is taken nobody gets a context.</param>
/// <param name="time">Tells what is often, and how long compressing takes.</param>
internal sealed class AdaptiveCompression(
    ZlibPools pools, DeflateSettings settings, bool mayTakeOver, int bytesPerSecond, IMemoryAccount memory, TimeProvider time)
    : OutgoingCompression(pools, settings)
{
    // A longer message has enough to refer back to in itself.
    private const int SmallMessage = 8 * 1024;

    private readonly Lock _gate = new();
    private DedicatedCompression? _dedicated;
    private SendRate _rate = new(time);
    private Payoff _alone = new(bytesPerSecond);
    private Payoff _inContext = new(bytesPerSecond);
    private bool _isReleased;

    private bool HasMemory => memory.Budget.Held <= memory.Budget.Limit / 2;

    public override bool IsWorthwhile(long length, bool isWhole)
    {
        lock (_gate)
        {
            var isChatty = _rate.CountOne();
            if (_dedicated is null && isChatty && isWhole && length <= SmallMessage && MayMove() && _inContext.IsDue())
            {
                _dedicated = new DedicatedCompression(Pools, Settings, memory, time);
            }

            return _dedicated is not null || _alone.IsDue();
        }
    }

    public override CompressedPayload Compress(in ReadOnlySequence<byte> payload, bool isFinal)
    {
        lock (_gate)
        {
            var begun = time.GetTimestamp();
            var output = _dedicated is null ? CompressAlone(payload, isFinal) : _dedicated.Compress(payload, isFinal);
            var taken = time.GetElapsedTime(begun);
            if (_dedicated is null)
            {
                _alone.Add(payload.Length, output.Length, taken, isFinal);
            }
            else if (!_inContext.Add(payload.Length, output.Length, taken, isFinal, otherwise: Math.Max(_alone.Gain ?? 0, 0)))
            {
                LeaveDedicated();
            }

            return output;
        }
    }

    public override void Forget()
    {
        lock (_gate)
        {
            _dedicated?.Forget();
        }
    }

    /// <summary>Back to where nothing is held, after a second of silence or when memory becomes scarce.</summary>
    public override void Park()
    {
        lock (_gate)
        {
            if (_rate.IsSilent || !HasMemory)
            {
                LeaveDedicated();
            }
        }
    }

    public override void Release()
    {
        lock (_gate)
        {
            _isReleased = true;
            LeaveDedicated();
        }
    }

    // Not before there is something to compare with.
    private bool MayMove() => mayTakeOver && _alone.Gain is not null && HasMemory && !_isReleased;

    // With all that it knew: once messages go out without it, it does not know the last of them any more.
    private void LeaveDedicated()
    {
        _dedicated?.Release();
        _dedicated = null;
    }
}
