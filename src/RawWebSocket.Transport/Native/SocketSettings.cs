namespace RawWebSocket.Transport.Native;

/// <summary>A socket's settings. Those that a socket does not have are refused by the system and stay as they are.</summary>
internal static unsafe class SocketSettings
{
    private const int Socket = 1;
    private const int ReuseAddress = 2;
    private const int Linger = 13;
    private const int Tcp = 6;
    private const int NoDelay = 1;
    private const int Ipv6 = 41;
    private const int Ipv6Only = 26;

    /// <summary>Lets a port be used again at once after the process that had it has ended.</summary>
    public static void AllowReuse(int socket) => Set(socket, Socket, ReuseAddress, 1);

    /// <summary>Whether a socket for IPv6 takes connections over IPv4 too.</summary>
    public static void TakeIpv4(int socket, bool value) => Set(socket, Ipv6, Ipv6Only, value ? 0 : 1);

    /// <summary>Lets small packets leave at once.</summary>
    public static void DelayNothing(int socket) => Set(socket, Tcp, NoDelay, 1);

    /// <summary>Lets the close be a reset that forgets what has not been sent.</summary>
    public static void LingerNot(int socket)
    {
        // On, for no second.
        var linger = stackalloc int[2] { 1, 0 };
        _ = Libc.SetSocketOption(socket, Socket, Linger, linger, 2 * sizeof(int));
    }

    private static void Set(int socket, int level, int option, int value) =>
        _ = Libc.SetSocketOption(socket, level, option, &value, sizeof(int));
}
