using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace RawWebSocket.Transport.Native;

/// <summary>What the system's calls say when they fail, as numbers of Linux.</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoSuchFile = 2;
    public const int Interrupted = 4;
    public const int BadDescriptor = 9;
    public const int TryAgain = 11;
    public const int NoMemory = 12;
    public const int AccessDenied = 13;
    public const int Invalid = 22;
    public const int TooManyFilesInSystem = 23;
    public const int TooManyFiles = 24;
    public const int BrokenPipe = 32;
    public const int NotSocket = 88;
    public const int AddressFamilyNotSupported = 97;
    public const int AddressInUse = 98;
    public const int AddressNotAvailable = 99;
    public const int ConnectionReset = 104;
    public const int NoBuffers = 105;

    /// <summary>The error of the call that this thread made last.</summary>
    public static int Last => Marshal.GetLastPInvokeError();

    /// <summary>Whether it is a lack of descriptors or memory, which may pass.</summary>
    public static bool IsShortage(int error) => error is TooManyFiles or TooManyFilesInSystem or NoMemory or NoBuffers;

    /// <summary>As an exception that those understand who know .NET's sockets.</summary>
    public static SocketException Exception(int error) => new((int)(error switch
    {
        NotPermitted or AccessDenied => SocketError.AccessDenied,
        NoSuchFile or AddressNotAvailable => SocketError.AddressNotAvailable,
        BadDescriptor or NotSocket => SocketError.NotSocket,
        NoMemory or NoBuffers => SocketError.NoBufferSpaceAvailable,
        Invalid => SocketError.InvalidArgument,
        TooManyFiles or TooManyFilesInSystem => SocketError.TooManyOpenSockets,
        BrokenPipe => SocketError.Shutdown,
        AddressFamilyNotSupported => SocketError.AddressFamilyNotSupported,
        AddressInUse => SocketError.AddressAlreadyInUse,
        ConnectionReset => SocketError.ConnectionReset,
        _ => SocketError.SocketError,
    }), FormattableString.Invariant($"{Marshal.GetPInvokeErrorMessage(error)} (errno {error})"));
}
