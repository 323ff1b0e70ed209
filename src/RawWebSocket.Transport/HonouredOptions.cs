using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace RawWebSocket.Transport;

/// <summary>
/// Kestrel's own options for sockets, as far as they hold on epoll: so whoever sets or fits them need not know which transport there is.
/// </summary>
internal static class HonouredOptions
{
    private static readonly SocketTransportOptions Defaults = new();

    /// <summary>Null and 0 are no limit, as with Kestrel's sockets.</summary>
    public static long Limit(long? bytes) => bytes is > 0 ? bytes.Value : long.MaxValue;

    /// <summary>Refuses what would not hold, when an endpoint is bound.</summary>
    /// <exception cref="OptionsValidationException">The message says what to set.</exception>
    public static void Check(SocketTransportOptions sockets)
    {
        var failures = Failures(sockets).ToList();
        if (failures.Count > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(SocketTransportOptions), failures);
        }
    }

    private static IEnumerable<string> Failures(SocketTransportOptions sockets)
    {
        if (sockets.CreateBoundListenSocket != Defaults.CreateBoundListenSocket)
        {
            yield return $"{nameof(SocketTransportOptions)}.{nameof(sockets.CreateBoundListenSocket)} is set, but epoll opens its sockets itself;"
                + $" leave it, or set {nameof(RawWebSocketTransportOptions)}.{nameof(RawWebSocketTransportOptions.UseEpoll)} to false.";
        }

        if (sockets.MaxReadBufferSize < 0)
        {
            yield return Size(nameof(sockets.MaxReadBufferSize), sockets.MaxReadBufferSize.Value, Defaults.MaxReadBufferSize);
        }

        if (sockets.MaxWriteBufferSize < 0)
        {
            yield return Size(nameof(sockets.MaxWriteBufferSize), sockets.MaxWriteBufferSize.Value, Defaults.MaxWriteBufferSize);
        }
    }

    private static string Size(string option, long value, long? standard) => FormattableString.Invariant(
        $"{nameof(SocketTransportOptions)}.{option} is {value}; set it to 1 or more bytes, or to null for no limit (default {standard}).");
}
