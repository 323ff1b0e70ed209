using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RawWebSocket;
using RawWebSocket.Connections.Lifetime;
using RawWebSocket.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers RawWebSocket's services.</summary>
public static class RawWebSocketServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="WebSocketGroups"/> and the options of all endpoints, which are checked when the application starts. Only
    /// needed for these two: without it, endpoints work with defaults.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options.</param>
    public static IServiceCollection AddRawWebSockets(this IServiceCollection services, Action<RawWebSocketOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<RawWebSocketOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RawWebSocketOptions>, RawWebSocketOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<SocketTransportOptions>, KestrelBuffers>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<KestrelServerOptions>, KestrelBuffers>());
        services.TryAddSingleton<RawWebSocketServer>();
        services.TryAddSingleton<OutlivingConnections>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, LastConnections>());
        services.TryAddSingleton(static provider => provider.GetRequiredService<RawWebSocketServer>().Groups);
        return services;
    }

    /// <summary>Registers the same, with the options bound from configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">
    /// A section whose keys are the options' names, such as <c>MaxMessageSize</c>,
    /// <c>AllowedOrigins:0</c> or <c>Server:MaxConnections</c>. A key that is no option, and a value that cannot be read, fail at
    /// start with a message that says where it stands and what may stand there.
    /// </param>
    public static IServiceCollection AddRawWebSockets(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddRawWebSockets();
        services.AddOptions<RawWebSocketOptions>().Configure(_ => ConfigurationCheck.ThrowIfWrong(configuration)).Bind(configuration);
        return services;
    }
}
