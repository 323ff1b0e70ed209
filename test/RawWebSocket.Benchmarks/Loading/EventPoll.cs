using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace RawWebSocket.Benchmarks.Loading;

/// <summary>Waits for many sockets at once, with Linux's epoll: one thread, and no task or queue between the kernel and the load.</summary>
internal sealed class EventPoll : IDisposable
{
    private const int Capacity = 512;

    // An entry is 4 bytes of events and 8 bytes for the caller; on x64 alone it is packed.
    private static readonly bool IsPacked = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int EntrySize = IsPacked ? 12 : 16;
    private static readonly int TagAt = IsPacked ? 4 : 8;

    private readonly int _poll;
    private readonly byte[] _entries = new byte[Capacity * EntrySize];

    public EventPoll()
    {
        _poll = Kernel.EpollCreate(0);
        if (_poll < 0)
        {
            throw Kernel.LastError("epoll_create1");
        }
    }

    /// <summary>Begins to wait for a socket to be readable.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="tag">What <see cref="TagOf"/> gives for it.</param>
    public void Add(int descriptor, int tag) => Control(Kernel.EpollAdd, descriptor, tag, Kernel.Readable);

    /// <summary>Waits for it to be writable, too, or no longer.</summary>
    public void Change(int descriptor, int tag, bool writable) =>
        Control(Kernel.EpollModify, descriptor, tag, Kernel.Readable | (writable ? Kernel.Writable : 0));

    /// <summary>No longer waits for it.</summary>
    public void Remove(int descriptor) => Control(Kernel.EpollDelete, descriptor, 0, 0);

    /// <summary>How many are ready, after at most this time.</summary>
    public int Wait(int milliseconds) => Math.Max(0, Kernel.EpollWait(_poll, _entries, Capacity, milliseconds));

    public int TagOf(int index) => BinaryPrimitives.ReadInt32LittleEndian(_entries.AsSpan((index * EntrySize) + TagAt));

    public bool IsWritable(int index) => (EventsOf(index) & Kernel.Writable) != 0;

    /// <summary>Whether a receive finds something: bytes, the end, or an error.</summary>
    public bool IsReadable(int index) => (EventsOf(index) & ~Kernel.Writable) != 0;

    public void Dispose() => _ = Kernel.Close(_poll);

    private int EventsOf(int index) => BinaryPrimitives.ReadInt32LittleEndian(_entries.AsSpan(index * EntrySize));

    private void Control(int operation, int descriptor, int tag, int events)
    {
        Span<byte> entry = stackalloc byte[EntrySize];
        BinaryPrimitives.WriteInt32LittleEndian(entry, events);
        BinaryPrimitives.WriteInt32LittleEndian(entry[TagAt..], tag);
        if (Kernel.EpollControl(_poll, operation, descriptor, entry) < 0)
        {
            throw Kernel.LastError("epoll_ctl");
        }
    }
}
