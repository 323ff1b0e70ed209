using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace RawWebSocket.Hosting;

/// <summary>
/// Makes Kestrel's buffers smaller where the process has little memory: what they hold is outside of our memory budget. Whatever the
/// application has set itself stays as it is.
/// </summary>
internal sealed class KestrelBuffers(IOptions<RawWebSocketOptions> options)
    : IPostConfigureOptions<SocketTransportOptions>, IPostConfigureOptions<KestrelServerOptions>
{
    public void PostConfigure(string? name, SocketTransportOptions sockets)
    {
        if (options.Value.Server is { FitKestrelBuffers: true, TransportBudget: var budget })
        {
            Fit(sockets, BufferSizes.For(budget));
        }
    }

    public void PostConfigure(string? name, KestrelServerOptions kestrel)
    {
        if (options.Value.Server is { FitKestrelBuffers: true, TransportBudget: var budget })
        {
            Fit(kestrel, BufferSizes.For(budget));
        }
    }

    // A value that is not Kestrel's default is somebody's choice, and one that is smaller does no harm.
    private static void Fit(SocketTransportOptions sockets, BufferSizes sizes)
    {
        var defaults = new SocketTransportOptions();
        if (sockets.MaxReadBufferSize == defaults.MaxReadBufferSize && sizes.Read < defaults.MaxReadBufferSize)
        {
            sockets.MaxReadBufferSize = sizes.Read;
        }

        if (sockets.MaxWriteBufferSize == defaults.MaxWriteBufferSize && sizes.Write < defaults.MaxWriteBufferSize)
        {
            sockets.MaxWriteBufferSize = sizes.Write;
        }
    }

    private static void Fit(KestrelServerOptions kestrel, BufferSizes sizes)
    {
        var (limits, defaults) = (kestrel.Limits, new KestrelServerLimits());
        if (limits.MaxResponseBufferSize == defaults.MaxResponseBufferSize && sizes.Write < defaults.MaxResponseBufferSize)
        {
            limits.MaxResponseBufferSize = sizes.Write;
        }

        var (http2, http2Defaults) = (limits.Http2, defaults.Http2);
        if (http2.InitialConnectionWindowSize == http2Defaults.InitialConnectionWindowSize
            && sizes.Http2Connection < http2Defaults.InitialConnectionWindowSize)
        {
            http2.InitialConnectionWindowSize = sizes.Http2Connection;
        }

        if (http2.InitialStreamWindowSize == http2Defaults.InitialStreamWindowSize
            && sizes.Http2Stream < http2Defaults.InitialStreamWindowSize)
        {
            http2.InitialStreamWindowSize = sizes.Http2Stream;
        }
    }
}
