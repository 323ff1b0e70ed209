using System.Runtime.InteropServices;

namespace RawWebSocket.Transport.Native;

/// <summary><c>struct iovec</c>: a piece of memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MemoryPiece
{
    public byte* Start;
    public nuint Length;
}

/// <summary><c>struct msghdr</c>. glibc and musl disagree on the widths of the lengths, but not where they are small.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    public void* Name;
    public nuint NameLength;
    public MemoryPiece* Pieces;
    public nuint PieceCount;
    public void* Control;
    public nuint ControlLength;
    public nint Flags;
}
