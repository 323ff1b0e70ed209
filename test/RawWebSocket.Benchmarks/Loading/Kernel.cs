using System.Runtime.InteropServices;

namespace RawWebSocket.Benchmarks.Loading;

/// <summary>The few calls to Linux that the load lives on.</summary>
internal static partial class Kernel
{
    public const int Readable = 0x1;
    public const int Writable = 0x4;

    public const int EpollAdd = 1;
    public const int EpollDelete = 2;
    public const int EpollModify = 3;

    /// <summary>The call would have had to wait.</summary>
    public const int Again = 11;

    /// <summary>The addresses of IPv4.</summary>
    public const ushort InternetFamily = 2;

    private const int Stream = 1;
    private const int CloseOnExec = 0x80000;
    private const int InternetLevel = 0;
    private const int BindAddressNoPort = 24;
    private const int FileLimit = 7;

    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int poll, int operation, int descriptor, ReadOnlySpan<byte> entry);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int poll, Span<byte> entries, int capacity, int milliseconds);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    /// <summary>A socket of TCP; negative for an error.</summary>
    public static int StreamSocket() => CreateSocket(InternetFamily, Stream | CloseOnExec, 0);

    /// <summary>Lets the port be chosen with the connection: it may be another's of another destination.</summary>
    public static int PortOnConnect(int descriptor) => SetSocketOption(descriptor, InternetLevel, BindAddressNoPort, 1, sizeof(int));

    public static int Bind(int descriptor, ReadOnlySpan<byte> address) => Bind(descriptor, address, address.Length);

    public static int Connect(int descriptor, ReadOnlySpan<byte> address) => Connect(descriptor, address, address.Length);

    /// <summary>Lets this process and its children open so many files; negative when they may not.</summary>
    public static int SetFileLimit(ulong files) => SetLimit(FileLimit, [files, files]);

    /// <summary>Never waits. Returns how many bytes came; 0 at the end, -1 for an error, <see cref="Again"/> among them.</summary>
    public static int Receive(int descriptor, Span<byte> bytes) => (int)Receive(descriptor, bytes, bytes.Length, DontWait);

    /// <summary>Never waits. Returns how many bytes went; -1 for an error, <see cref="Again"/> among them.</summary>
    public static int Send(int descriptor, ReadOnlySpan<byte> bytes) => (int)Send(descriptor, bytes, bytes.Length, DontWait | NoSignal);

    /// <summary>Whether the last call failed only because it would have had to wait.</summary>
    public static bool WouldWait => Marshal.GetLastPInvokeError() == Again;

    /// <summary>What the last call failed with.</summary>
    public static IOException LastError(string action) => new($"{action}: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int CreateSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetSocketOption(int descriptor, int level, int option, in int value, int length);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int descriptor, ReadOnlySpan<byte> address, int length);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static partial int Connect(int descriptor, ReadOnlySpan<byte> address, int length);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, ReadOnlySpan<ulong> softAndHard);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(int descriptor, Span<byte> bytes, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int descriptor, ReadOnlySpan<byte> bytes, nint length, int flags);
}
