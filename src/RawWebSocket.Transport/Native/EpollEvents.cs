using System.Runtime.InteropServices;

namespace RawWebSocket.Transport.Native;

/// <summary>What happened to a descriptor.</summary>
[Flags]
internal enum EpollFlags : uint
{
    None = 0,
    Readable = 0x1,
    Writable = 0x4,
    Error = 0x8,
    HangUp = 0x10,

    /// <summary>The peer will send nothing more.</summary>
    PeerClosed = 0x2000,
    EdgeTriggered = 0x80000000,
}

/// <summary>
/// An array of <c>struct epoll_event</c>: flags of 4 bytes and data of 8. On x64 the structure is packed, elsewhere the data are aligned.
/// </summary>
internal sealed unsafe class EpollEvents : IDisposable
{
    private static readonly bool IsPacked = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int Size = IsPacked ? 12 : 16;
    private static readonly int DataOffset = IsPacked ? 4 : 8;

    public EpollEvents(int count)
    {
        Count = count;
        Start = (byte*)NativeMemory.AllocZeroed((nuint)(count * Size));
    }

    public int Count { get; }

    public byte* Start { get; private set; }

    public (EpollFlags Flags, ulong Data) this[int index]
    {
        get
        {
            var place = Start + (index * Size);
            return ((EpollFlags)(*(uint*)place), *(ulong*)(place + DataOffset));
        }
        set
        {
            var place = Start + (index * Size);
            *(uint*)place = (uint)value.Flags;
            *(ulong*)(place + DataOffset) = value.Data;
        }
    }

    public void Dispose()
    {
        NativeMemory.Free(Start);
        Start = null;
    }
}
