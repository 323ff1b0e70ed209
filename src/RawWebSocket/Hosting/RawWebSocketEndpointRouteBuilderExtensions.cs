using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RawWebSocket;
using RawWebSocket.Connections;
using RawWebSocket.Hosting;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps WebSocket endpoints.</summary>
public static class RawWebSocketEndpointRouteBuilderExtensions
{
    /// <summary>Maps an endpoint to one handler that all its connections share.</summary>
    /// <param name="endpoints">Where to map it.</param>
    /// <param name="pattern">The route pattern.</param>
    /// <param name="handler">The handler; called by many connections at once.</param>
    /// <param name="configure">Changes a copy of the application's options for this endpoint.</param>
    public static IEndpointConventionBuilder MapRawWebSocket(
        this IEndpointRouteBuilder endpoints,
        [StringSyntax("Route")] string pattern,
        IWebSocketHandler handler,
        Action<RawWebSocketOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Map(endpoints, pattern, HandlerActivation.Shared(handler), configure);
    }

    /// <summary>Maps an endpoint to a handler type, made for each connection in a service scope of its own.</summary>
    /// <typeparam name="THandler">The handler; got from the services, or made with its constructor filled from them.</typeparam>
    /// <param name="endpoints">Where to map it.</param>
    /// <param name="pattern">The route pattern.</param>
    /// <param name="configure">Changes a copy of the application's options for this endpoint.</param>
    public static IEndpointConventionBuilder MapRawWebSocket<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        this IEndpointRouteBuilder endpoints,
        [StringSyntax("Route")] string pattern,
        Action<RawWebSocketOptions>? configure = null)
        where THandler : class, IWebSocketHandler =>
        Map(endpoints, pattern, HandlerActivation.PerConnection<THandler>(
            endpoints.ServiceProvider.GetRequiredService<IServiceScopeFactory>()), configure);

    /// <summary>Maps an endpoint to a delegate that owns the connection; when it returns, the connection is closed with 1000.</summary>
    /// <param name="endpoints">Where to map it.</param>
    /// <param name="pattern">The route pattern.</param>
    /// <param name="handler">Receives and sends on the connection as it likes.</param>
    /// <param name="configure">Changes a copy of the application's options for this endpoint.</param>
    public static IEndpointConventionBuilder MapRawWebSocket(
        this IEndpointRouteBuilder endpoints,
        [StringSyntax("Route")] string pattern,
        Func<WebSocketConnection, Task> handler,
        Action<RawWebSocketOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Map(endpoints, pattern, HandlerActivation.Delegate(handler), configure);
    }

    private static IEndpointConventionBuilder Map(
        IEndpointRouteBuilder endpoints, string pattern, Func<ValueTask<ActivatedHandler>> activate, Action<RawWebSocketOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var server = RawWebSocketServer.Of(endpoints.ServiceProvider);
        var endpoint = new WebSocketEndpoint(server, pattern, server.OptionsFor(pattern, configure), activate);

        // Any method: the endpoint itself says in words what is wrong with a POST.
        return ConnectionMetadata.AddTo(
            endpoints.Map(pattern, endpoint.HandleAsync).WithMetadata(endpoint.Marker).WithDisplayName($"WebSocket: {pattern}"));
    }
}
