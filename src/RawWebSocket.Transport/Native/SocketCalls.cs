using System.Net;
using System.Net.Sockets;

namespace RawWebSocket.Transport.Native;

/// <summary>The calls on a socket's number, with their flags. Those that fail return the negative number of their error.</summary>
internal static unsafe class SocketCalls
{
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int Stream = 1;
    private const int SendFlags = 0x40 | 0x4000; // MSG_DONTWAIT and MSG_NOSIGNAL
    private const int ReceiveFlags = 0x40;
    private const int ShutWrite = 1;
    private const int ShutBoth = 2;
    private const int AddressLength = 128;

    // FIONREAD and SIOCOUTQ, of all processors that .NET runs on.
    private const nuint CountUnread = 0x541B;
    private const nuint CountUnsent = 0x5411;

    /// <summary>How many bytes wait to be received; null when that cannot be told.</summary>
    public static long? UnreadBytes(int socket) => Libc.Control(socket, CountUnread, out var bytes) == 0 ? bytes : null;

    /// <summary>How many bytes the peer's side has not acknowledged; null when that cannot be told.</summary>
    public static long? UnsentBytes(int socket) => Libc.Control(socket, CountUnsent, out var bytes) == 0 ? bytes : null;

    /// <summary>A new socket that does not block and that child processes do not get.</summary>
    public static int Create(AddressFamily family) => Result(Libc.Socket(Domain(family), Stream | NonBlocking | CloseOnExec, 0));

    public static int Bind(int socket, SocketAddress address)
    {
        fixed (byte* bytes = address.Buffer.Span)
        {
            return Result(Libc.Bind(socket, bytes, (uint)address.Size));
        }
    }

    public static int Listen(int socket, int backlog) => Result(Libc.Listen(socket, backlog));

    /// <summary>Accepts one that does not block, and says who it is.</summary>
    public static int Accept(int socket, SocketAddress address)
    {
        var length = (uint)address.Buffer.Length;
        fixed (byte* bytes = address.Buffer.Span)
        {
            var accepted = Result(Libc.Accept(socket, bytes, &length, NonBlocking | CloseOnExec));
            address.Size = (int)Math.Min(length, (uint)address.Buffer.Length);
            return accepted;
        }
    }

    /// <summary>Where the socket is bound.</summary>
    public static EndPoint LocalEndPoint(int socket, EndPoint kind)
    {
        var address = new SocketAddress(kind.AddressFamily, AddressLength);
        var length = (uint)AddressLength;
        fixed (byte* bytes = address.Buffer.Span)
        {
            if (Result(Libc.GetSocketName(socket, bytes, &length)) < 0)
            {
                return kind;
            }
        }

        address.Size = (int)length;
        return kind.Create(address);
    }

    /// <summary>0 when the peer sends nothing more.</summary>
    public static int Receive(int socket, Span<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            while (true)
            {
                var result = Result((int)Libc.Receive(socket, start, (nuint)bytes.Length, ReceiveFlags));
                if (result != -Errno.Interrupted)
                {
                    return result;
                }
            }
        }
    }

    /// <summary>Sends as much as the socket takes at once.</summary>
    public static int Send(int socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            while (true)
            {
                var result = Result((int)Libc.Send(socket, start, (nuint)bytes.Length, SendFlags));
                if (result != -Errno.Interrupted)
                {
                    return result;
                }
            }
        }
    }

    /// <summary>Sends as much of several pieces as the socket takes at once.</summary>
    public static int Send(int socket, ReadOnlySpan<MemoryPiece> pieces)
    {
        fixed (MemoryPiece* start = pieces)
        {
            var message = new MessageHeader { Pieces = start, PieceCount = (nuint)pieces.Length };
            while (true)
            {
                var result = Result((int)Libc.SendMessage(socket, &message, SendFlags));
                if (result != -Errno.Interrupted)
                {
                    return result;
                }
            }
        }
    }

    /// <summary>Sends the FIN.</summary>
    public static void ShutDownWriting(int socket) => _ = Libc.Shutdown(socket, ShutWrite);

    /// <summary>Ends the connection with a reset, at once. Unix sockets know no reset: their peer sees the end.</summary>
    public static void Reset(int socket)
    {
        SocketSettings.LingerNot(socket);
        var unspecified = stackalloc byte[16];
        new Span<byte>(unspecified, 16).Clear();
        if (Libc.Connect(socket, unspecified, 16) < 0)
        {
            _ = Libc.Shutdown(socket, ShutBoth);
        }
    }

    public static void Close(int socket) => _ = Libc.Close(socket);

    private static int Result(int value) => value < 0 ? -Errno.Last : value;

    private static int Domain(AddressFamily family) => family switch
    {
        AddressFamily.Unix => 1,
        AddressFamily.InterNetwork => 2,
        AddressFamily.InterNetworkV6 => 10,
        _ => throw new ArgumentOutOfRangeException(nameof(family), family, "There are only IPv4, IPv6 and Unix sockets here."),
    };
}
