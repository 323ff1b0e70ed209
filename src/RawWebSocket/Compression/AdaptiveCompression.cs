using System.Buffers;
using RawWebSocket.Protocol;

namespace RawWebSocket.Compression;

/// <summary>
/// Compression as the traffic asks for it: by message at first, not at all where it does not pay, and with context takeover for a
/// connection that sends small messages often, while half of the memory budget is free.
/// </summary>
/// <remarks>Agrees to takeover outward and makes use of it or not (RFC 7692 section 7.1.1.1 allows both). Thread-safe.</remarks>
/// <param name="pools">Where compressors come from.</param>
/// <param name="settings">How they compress.</param>
/// <param name="mayTakeOver">False where <c>server_no_context_takeover</c> was agreed.</param>
/// <param name="memory">Charged for what is held; its budget decides whether anything may be.</param>
/// <param name="time">Tells what is often.</param>
internal sealed class AdaptiveCompression(
    ZlibPools pools, DeflateSettings settings, bool mayTakeOver, MemoryAccount memory, TimeProvider time)
    : OutgoingCompression(pools, settings)
{
    // A longer message has enough to refer back to in itself.
    private const int SmallMessage = 8 * 1024;

    private readonly Lock _gate = new();
    private DedicatedCompression? _dedicated;
    private SendRate _rate = new(time);
    private Payoff _payoff = new();
    private bool _isReleased;
    private bool _isInMessage;

    private bool HasMemory => memory.Budget.Held <= memory.Budget.Limit / 2;

    public override bool IsWorthwhile()
    {
        lock (_gate)
        {
            return _payoff.IsWorthwhile();
        }
    }

    public override CompressedPayload Compress(in ReadOnlySequence<byte> payload, bool isFinal)
    {
        lock (_gate)
        {
            var isChatty = !_isInMessage && _rate.CountOne();
            if (isChatty && isFinal && _dedicated is null && mayTakeOver && payload.Length <= SmallMessage && HasMemory && !_isReleased)
            {
                _dedicated = new DedicatedCompression(Pools, Settings, memory, time);
            }

            var output = _dedicated is null ? CompressAlone(payload, isFinal) : _dedicated.Compress(payload, isFinal);
            _isInMessage = !isFinal;
            _payoff.Add(payload.Length, output.Length, isFinal);
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

    // With all that it knew: once messages go out without it, it does not know the last of them any more.
    private void LeaveDedicated()
    {
        _dedicated?.Release();
        _dedicated = null;
    }
}
