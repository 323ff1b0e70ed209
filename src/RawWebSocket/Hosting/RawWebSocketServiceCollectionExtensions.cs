using Microsoft.Extensions.Configuration;
using RawWebSocket;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers RawWebSocket's services.</summary>
public static class RawWebSocketServiceCollectionExtensions
{
    /// <summary>Registers the options, <see cref="WebSocketGroups"/> and what the endpoints need.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options of all endpoints.</param>
    public static IServiceCollection AddRawWebSockets(this IServiceCollection services, Action<RawWebSocketOptions>? configure = null) =>
        throw new NotImplementedException();

    /// <summary>Registers the same, with options bound from configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">A section whose keys are the options' names.</param>
    public static IServiceCollection AddRawWebSockets(this IServiceCollection services, IConfiguration configuration) =>
        throw new NotImplementedException();
}
