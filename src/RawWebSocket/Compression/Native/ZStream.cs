using System.Runtime.InteropServices;

namespace RawWebSocket.Compression;

/// <summary>
/// What goes into one native call and what comes back: the framework's own wrapper around zlib's <c>z_stream</c>, field by field.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ZStream
{
    public byte* NextIn;
    public byte* NextOut;
    public byte* Message;

    /// <summary>The <c>z_stream</c> itself. It alone lives on between calls, so it is all that a <see cref="ZlibHandle"/> keeps.</summary>
    public nint State;

    public uint AvailableIn;
    public uint AvailableOut;
}
