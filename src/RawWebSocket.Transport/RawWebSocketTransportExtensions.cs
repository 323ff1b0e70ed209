using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using RawWebSocket.Transport;
using RawWebSocket.Transport.Native;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Brings Kestrel's connections to the sockets in a shorter way.</summary>
public static class RawWebSocketTransportExtensions
{
    /// <summary>
    /// Lets Kestrel's TCP and Unix sockets run on an own transport on epoll: on Linux, x64 and arm64, with glibc or musl. Elsewhere, and
    /// for endpoints of other kinds, Kestrel's own sockets stay as they are.
    /// </summary>
    /// <remarks>
    /// It stands below TLS and HTTP: the whole server runs on it. Its connections have no <c>IConnectionSocketFeature</c>, because there is
    /// no <c>Socket</c>. Whoever calls <c>UseSockets</c> after it gets Kestrel's sockets. The options are checked when the host starts;
    /// what is wrong is an <see cref="OptionsValidationException"/> whose message says what to set.
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

            if (EpollSystem.IsSupported)
            {
                AddEpoll(services);
            }
            else
            {
                TuneSockets(services);
            }
        });
    }

    // Kestrel asks the factory that was registered last first, so its own sockets, which take what ours does not, go before.
    private static void AddEpoll(IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionListenerFactory, SocketTransportFactory>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionListenerFactory, EpollTransportFactory>());
    }

    // Where there is no epoll. Nothing is tuned here yet.
    private static void TuneSockets(IServiceCollection services) =>
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionListenerFactory, SocketTransportFactory>());
}
