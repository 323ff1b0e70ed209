using RawWebSocket.Transport.Native;

namespace RawWebSocket.Transport.Loops;

/// <summary>
/// Which member a loop's thread is dealing with. A member's code may keep the thread: then the loop is taken from that thread and goes on with
/// another, and what happens to this one member waits until its code has come back.
/// </summary>
internal sealed class Custody
{
    // More threads than that are not spent on code that does not come back.
    private const int MostKept = 64;
    private const long None = 0;
    private readonly Lock _gate = new();
    private readonly Dictionary<ILoopMember, Waiting> _kept = [];
    private volatile int _keptCount;
    private ILoopMember? _member;
    private long _call;
    private long _lastCall;
    private long _seenCall;

    /// <summary>On the loop's thread: whether the member's code still runs on a thread that has lost the loop. Then the event is noted.</summary>
    /// <param name="member">Who is to be told.</param>
    /// <param name="flags">What happened; null when it was posted.</param>
    public bool TryDefer(ILoopMember member, EpollFlags? flags)
    {
        if (_keptCount == 0)
        {
            return false;
        }

        lock (_gate)
        {
            if (!_kept.TryGetValue(member, out var waiting))
            {
                return false;
            }

            _kept[member] = new Waiting(waiting.Flags | (flags ?? default), waiting.IsPosted || flags is null);
            return true;
        }
    }

    /// <summary>On the loop's thread: the member's code begins. Returns the number of the call.</summary>
    public long Begin(ILoopMember member)
    {
        _member = member;
        Volatile.Write(ref _call, ++_lastCall);
        return _lastCall;
    }

    /// <summary>The member's code has come back; false when the thread has lost the loop meanwhile.</summary>
    public bool TryEnd(long call)
    {
        if (Interlocked.CompareExchange(ref _call, None, call) != call)
        {
            return false;
        }

        _member = null;
        return true;
    }

    /// <summary>Takes the loop from its thread, if that is in the same call as when this was last asked. For one who asks.</summary>
    public bool TryTake()
    {
        var call = Volatile.Read(ref _call);
        if (call == None || call != _seenCall)
        {
            _seenCall = call;
            return false;
        }

        lock (_gate)
        {
            if (_kept.Count == MostKept || Interlocked.CompareExchange(ref _call, None, call) != call)
            {
                return false;
            }

            _kept.Add(_member!, default);
            _keptCount = _kept.Count;
            return true;
        }
    }

    /// <summary>On a thread that has lost the loop: the member's code has come back. Returns what has waited for that.</summary>
    public Waiting Release(ILoopMember member)
    {
        lock (_gate)
        {
            _kept.Remove(member, out var waiting);
            _keptCount = _kept.Count;
            return waiting;
        }
    }

    /// <summary>What a member is to be told later.</summary>
    internal readonly record struct Waiting(EpollFlags Flags, bool IsPosted);
}
