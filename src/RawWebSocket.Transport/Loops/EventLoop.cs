using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using RawWebSocket.Transport.Input;
using RawWebSocket.Transport.Native;

namespace RawWebSocket.Transport.Loops;

/// <summary>
/// A thread that waits for the descriptors of its members and tells them what happened. It ends when it has been stopped and the last
/// member has left. When a member's code keeps the thread, another takes its place (<see cref="Custody"/>).
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Its last thread disposes of the events.")]
internal sealed class EventLoop
{
    private const int EventsPerWait = 256;
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int ControlAdd = 1;
    private const ulong WakeUp = ulong.MaxValue;

    // The thread's own: one that has lost its loop may still receive for the member that it has in hand.
    [ThreadStatic]
    private static ReceiveBlocks? _blocks;

    private readonly MemberTable _members = new();
    private readonly ConcurrentQueue<Posted> _posted = new();
    private readonly Custody _custody = new();
    private readonly EpollEvents _events = new(EventsPerWait);
    private readonly ILogger _logger;
    private readonly int _epoll;
    private readonly int _bell;
    private readonly int _receiveBufferSize;
    private readonly string _name;
    private int _eventCount;
    private int _nextEvent;
    private volatile int _threadId;
    private int _isRung;
    private volatile bool _isStopping;
    private volatile bool _hasEnded;

    public EventLoop(int number, int receiveBufferSize, ILogger logger)
    {
        _logger = logger;
        _receiveBufferSize = receiveBufferSize;
        _name = FormattableString.Invariant($"epoll loop {number}");
        Pool = new PoolQueue(logger);
        _epoll = Checked(Libc.EpollCreate(CloseOnExec));
        _bell = Checked(Libc.EventDescriptor(0, CloseOnExec | NonBlocking));
        Watch(_bell, EpollFlags.Readable | EpollFlags.EdgeTriggered, WakeUp);
        StartThread();
    }

    /// <summary>What it receives into; for its thread only.</summary>
    public ReceiveBlocks Blocks => _blocks ??= new ReceiveBlocks(_receiveBufferSize);

    /// <summary>Whether it has been stopped and the last member has left. Any thread.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>What it has for the thread pool. Any thread.</summary>
    public PoolQueue Pool { get; }

    /// <summary>Watches a descriptor for its member from now on. Any thread.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The system refuses; nothing is watched.</exception>
    public void Add(ILoopMember member, int descriptor, EpollFlags flags)
    {
        var data = _members.Add(member);
        try
        {
            Watch(descriptor, flags | EpollFlags.EdgeTriggered, data);
        }
        catch
        {
            _members.Remove(member.Place);
            throw;
        }
    }

    /// <summary>On the loop's thread, before the member's descriptor is closed, which is what ends the watch.</summary>
    public void Remove(ILoopMember member) => _members.Remove(member.Place);

    /// <summary>Has <see cref="ILoopMember.OnPosted"/> called on the loop's thread. Any thread, the loop's own too.</summary>
    public void Post(ILoopMember member) => Post(new Posted(member, Events: null));

    /// <summary>
    /// Goes on with another thread, if its own is still in the same call of a member's as when this was last called. For one who calls now and
    /// then.
    /// </summary>
    /// <param name="period">How long ago that was, for the log.</param>
    public void LeaveKeptThread(TimeSpan period)
    {
        if (_custody.TryTake())
        {
            StartThread();
            Log.LoopKept(_logger, period.TotalMilliseconds);
        }
    }

    /// <summary>Lets the thread end when nobody is left.</summary>
    public void Stop()
    {
        _isStopping = true;
        Ring();
    }

    private static int Checked(int result) => result >= 0 ? result : throw Errno.Exception(Errno.Last);

    private unsafe void Watch(int descriptor, EpollFlags flags, ulong data)
    {
        using var events = new EpollEvents(1) { [0] = (flags, data) };
        _ = Checked(Libc.EpollControl(_epoll, ControlAdd, descriptor, events.Start));
    }

    // One ring is enough for all that is posted before it is heard.
    private unsafe void Ring()
    {
        if (Interlocked.Exchange(ref _isRung, 1) == 0)
        {
            var one = 1UL;
            _ = Libc.Write(_bell, &one, sizeof(ulong));
        }
    }

    private void Post(Posted posted)
    {
        _posted.Enqueue(posted);
        if (Environment.CurrentManagedThreadId != _threadId)
        {
            Ring();
        }
    }

    private void StartThread()
    {
        // A thread keeps the ambient state of whoever starts it, and is not to.
        var thread = new Thread(Run) { IsBackground = true, Name = _name };
        _threadId = thread.ManagedThreadId;
        thread.UnsafeStart();
    }

    private void Run()
    {
        while (!(_isStopping && _members.Count == 0 && _posted.IsEmpty && MayCloseBell()))
        {
            if (!Turn())
            {
                // Another thread has the loop now, and all that belongs to it.
                return;
            }
        }

        _hasEnded = true;
        _events.Dispose();
        _ = Libc.Close(_bell);
        _ = Libc.Close(_epoll);
    }


    // As if it had been rung: then nobody writes to its number any more, which may be another's by then. If somebody has rung, he may not have
    // written yet, and what he writes makes another turn.
    private bool MayCloseBell() => Interlocked.CompareExchange(ref _isRung, 1, 0) == 0;

    // False when the loop has been taken from this thread.
    private unsafe bool Turn()
    {
        if (_nextEvent == _eventCount)
        {
            _nextEvent = 0;
            _eventCount = Math.Max(Libc.EpollWait(_epoll, _events.Start, _events.Count, _posted.IsEmpty ? -1 : 0), 0);
        }

        while (_nextEvent < _eventCount)
        {
            var (flags, data) = _events[_nextEvent++];
            if (data == WakeUp)
            {
                // It need not be read: each ring is an edge. It is heard before what was posted is looked at, so that none is missed.
                Interlocked.Exchange(ref _isRung, 0);
            }
            else if (_members.Find(data) is { } member && !Tell(member, flags))
            {
                return false;
            }
        }

        // What is posted meanwhile waits for the next turn, so that the descriptors get theirs.
        for (var left = _posted.Count; left > 0 && _posted.TryDequeue(out var posted); left--)
        {
            if (!Tell(posted.Member, posted.Events))
            {
                return false;
            }
        }

        return true;
    }

    // Whatever a member throws is its own affair: neither the process nor the others end by it.
    private bool Tell(ILoopMember member, EpollFlags? flags)
    {
        if (_custody.TryDefer(member, flags))
        {
            return true;
        }

        var call = _custody.Begin(member);
        try
        {
            if (flags is { } happened)
            {
                member.OnEvents(happened);
            }
            else
            {
                member.OnPosted();
            }
        }
        catch (Exception exception)
        {
            Log.LoopFault(_logger, exception);
            member.OnFault(exception);
        }

        if (_custody.TryEnd(call))
        {
            return true;
        }

        // It may have stopped in the middle of receiving, so it is told to look again.
        var waiting = _custody.Release(member);
        Post(new Posted(member, waiting.Flags | EpollFlags.Readable));
        if (waiting.IsPosted)
        {
            Post(member);
        }

        return false;
    }

    /// <summary>Who is to be told on the loop's thread, and of what: null for what the member has posted itself.</summary>
    private readonly record struct Posted(ILoopMember Member, EpollFlags? Events);
}
