using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using RawWebSocket;
using RawWebSocket.Transport;
using RawWebSocket.Transport.Native;
using RawWebSocket.Transport.Sockets;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Brings Kestrel's connections to the sockets in a shorter way.</summary>
public static class RawWebSocketTransportExtensions
{
    /// <summary>
    /// Lets Kestrel's TCP and Unix sockets run on an own transport on epoll: on Linux, x64 and arm64, with glibc or musl. Elsewhere Kestrel's
    /// own sockets get longer blocks of memory, which are given back when nobody needs them, and fewer switches between threads.
    /// </summary>
    /// <remarks>
    /// It stands below TLS and HTTP: the whole server runs on it. Its connections have no <c>IConnectionSocketFeature</c>, because there is
    /// no <c>Socket</c>. Sizes of buffers and the like are set in Kestrel's own <see cref="SocketTransportOptions"/>, see
    /// <see cref="RawWebSocketTransportOptions"/>. Whoever calls <c>UseSockets</c> after it gets Kestrel's sockets. The options are checked when
    /// the host starts; what is wrong is an <see cref="OptionsValidationException"/> whose message says what to set. Call it early in
    /// <c>Program.cs</c>: where Kestrel's sockets are tuned, one switch must be set before the process uses its first socket. Handlers must not
    /// block their thread (no <c>Task.Wait</c>, no synchronous database call); an endpoint that does is moved to the thread pool, see
    /// <see cref="RawWebSocketServerOptions.BlockingTime"/>. Does nothing on servers other than Kestrel.
    /// </remarks>
    /// <param name="builder">The host's builder, such as <c>builder.WebHost</c>.</param>
    /// <param name="configure">Changes the options; the defaults are meant to be right.</param>
    public static IWebHostBuilder UseRawWebSocketTransport(
        this IWebHostBuilder builder, Action<RawWebSocketTransportOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ConfigureServices(services =>
        {
            var options = services.AddOptions<RawWebSocketTransportOptions>().ValidateOnStart();
            services.TryAddEnumerable(
                ServiceDescriptor.Singleton<IValidateOptions<RawWebSocketTransportOptions>, TransportOptionsValidator>());
            if (configure is not null)
            {
                options.Configure(configure);
            }

            var now = new RawWebSocketTransportOptions();
            configure?.Invoke(now);
            if (now.UseEpoll && EpollSystem.IsSupported)
            {
                AddEpoll(services);
            }
            else
            {
                TunedSockets.Add(services, now);
            }
        });
    }

    // Kestrel asks the factory that was registered last first, so its own sockets, which take what ours does not, go before.
    private static void AddEpoll(IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionListenerFactory, SocketTransportFactory>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionListenerFactory, EpollTransportFactory>());
    }
}
