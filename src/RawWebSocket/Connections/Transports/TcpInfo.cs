using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace RawWebSocket.Connections.Transports;

/// <summary>
/// What Linux says of a TCP connection (<c>TCP_INFO</c>, tcp(7)) at one moment. Newer versions of it only add to the end, so an older one
/// says less.
/// </summary>
internal readonly struct TcpInfo
{
    // IPPROTO_TCP, TCP_INFO, and TCP_CLOSE.
    private const int Tcp = 6;
    private const int Info = 11;
    private const byte Closed = 7;

    // Where its fields lie in struct tcp_info (include/uapi/linux/tcp.h). Of what it says the last one used ends at Length.
    private const int State = 0;
    private const int UnacknowledgedSegments = 24;
    private const int BytesAcknowledged = 120;
    private const int BytesUnsent = 144;
    private const int BytesSent = 200;
    private const int BytesSentAgain = 208;
    private const int Length = 216;

    private TcpInfo(ReadOnlySpan<byte> info)
    {
        IsClosed = info[State] == Closed;
        if (info.Length >= Length && !IsClosed)
        {
            UntakenBytes = UntakenBytesOf(info);
        }
    }

    /// <summary>Whether the connection is no more: the peer has reset it, or both sides have ended it.</summary>
    public bool IsClosed { get; }

    /// <summary>
    /// How many bytes of what was written to an accepted connection the peer's side has not acknowledged; 0 only when that is none. Null
    /// when the connection is no more, and where Linux is older than 4.19 and does not say.
    /// </summary>
    public long? UntakenBytes { get; }

    /// <summary>Asks; null when there is no answer: on other systems, of a socket that is gone, and of one that is not TCP's.</summary>
    public static TcpInfo? Of(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            Span<byte> info = stackalloc byte[Length];
            var length = socket.GetRawSocketOption(Tcp, Info, info);
            return length > 0 ? Parse(info[..length]) : null;
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            return null;
        }
    }

    /// <summary>Reads an answer of at least one byte.</summary>
    public static TcpInfo Parse(ReadOnlySpan<byte> info) => new(info);

    // Two fields say whether there is anything. The sums say how much that is. They run since the connection was accepted, and may be a
    // little off when this machine itself has dropped a packet, so they do not decide whether it is 0.
    private static long UntakenBytesOf(ReadOnlySpan<byte> info)
    {
        var unsent = Read<uint>(info, BytesUnsent);
        if (unsent == 0 && Read<uint>(info, UnacknowledgedSegments) == 0)
        {
            return 0;
        }

        var underWay = Read<long>(info, BytesSent) - Read<long>(info, BytesSentAgain) - Read<long>(info, BytesAcknowledged);
        return Math.Max(1, unsent + underWay);
    }

    private static T Read<T>(ReadOnlySpan<byte> info, int offset)
        where T : unmanaged => MemoryMarshal.Read<T>(info[offset..]);
}
