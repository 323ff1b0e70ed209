using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RawWebSocket.Transport.Input;
using RawWebSocket.Transport.Native;

namespace RawWebSocket.Transport.Loops;

/// <summary>
/// A thread that waits for the descriptors of its members and tells them what happened. It ends when it has been stopped and the last
/// member has left.
/// </summary>
internal sealed class EventLoop
{
    private const int EventsPerWait = 256;
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int ControlAdd = 1;
    private const ulong WakeUp = ulong.MaxValue;
    private readonly MemberTable _members = new();
    private readonly ConcurrentQueue<ILoopMember> _posted = new();
    private readonly ILogger _logger;
    private readonly int _epoll;
    private readonly int _bell;
    private readonly Thread _thread;
    private int _isRung;
    private volatile bool _isStopping;

    public EventLoop(int number, int receiveBufferSize, ILogger logger)
    {
        _logger = logger;
        Blocks = new ReceiveBlocks(receiveBufferSize);
        Pool = new PoolQueue(logger);
        _epoll = Checked(Libc.EpollCreate(CloseOnExec));
        _bell = Checked(Libc.EventDescriptor(0, CloseOnExec | NonBlocking));
        Watch(_bell, EpollFlags.Readable | EpollFlags.EdgeTriggered, WakeUp);
        _thread = new Thread(Run) { IsBackground = true, Name = FormattableString.Invariant($"epoll loop {number}") };

        // A thread keeps the ambient state of whoever starts it.
        _thread.UnsafeStart();
    }

    /// <summary>What it receives into; for its thread only.</summary>
    public ReceiveBlocks Blocks { get; }

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
    public void Post(ILoopMember member)
    {
        _posted.Enqueue(member);
        if (Environment.CurrentManagedThreadId != _thread.ManagedThreadId)
        {
            Ring();
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

    private void Run()
    {
        using var events = new EpollEvents(EventsPerWait);
        while (!(_isStopping && _members.Count == 0 && _posted.IsEmpty && MayCloseBell()))
        {
            Turn(events);
        }

        _ = Libc.Close(_bell);
        _ = Libc.Close(_epoll);
    }

    // As if it had been rung: then nobody writes to its number any more, which may be another's by then. If somebody has rung, he may not have
    // written yet, and what he writes makes another turn.
    private bool MayCloseBell() => Interlocked.CompareExchange(ref _isRung, 1, 0) == 0;

    private unsafe void Turn(EpollEvents events)
    {
        var count = Libc.EpollWait(_epoll, events.Start, events.Count, _posted.IsEmpty ? -1 : 0);
        for (var i = 0; i < count; i++)
        {
            var (flags, data) = events[i];
            if (data == WakeUp)
            {
                // It need not be read: each ring is an edge. It is heard before what was posted is looked at, so that none is missed.
                Interlocked.Exchange(ref _isRung, 0);
            }
            else if (_members.Find(data) is { } member)
            {
                Tell(member, flags);
            }
        }

        // What is posted meanwhile waits for the next turn, so that the descriptors get theirs.
        for (var left = _posted.Count; left > 0 && _posted.TryDequeue(out var member); left--)
        {
            Tell(member, flags: null);
        }
    }

    // Whatever a member throws is its own affair: neither the process nor the others end by it.
    private void Tell(ILoopMember member, EpollFlags? flags)
    {
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
    }
}
