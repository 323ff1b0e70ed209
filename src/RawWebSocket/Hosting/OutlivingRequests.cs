using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RawWebSocket.Connections.Lifetime;

namespace RawWebSocket.Hosting;

/// <summary>
/// Whether a connection may outlive its request. Not where somebody counts requests to bound connections: who ends a request early would slip
/// through.
/// </summary>
/// <param name="services">The application's.</param>
internal sealed class OutlivingRequests(IServiceProvider services)
{
    // Asked at the first handshake, when the host's options are what they will be.
    private readonly Lazy<bool> _isCounted = new(() => IsCounted(services));

    public bool MayOutlive(HttpContext context) =>
        context.Features.Get<IConnectionHandOverFeature>() is not null
        && !_isCounted.Value
        && context.GetEndpoint()?.Metadata.GetMetadata<EnableRateLimitingAttribute>() is null;

    // Without AddRawWebSockets the host's stop would not wait for them.
    private static bool IsCounted(IServiceProvider services)
    {
        var kestrel = services.GetService<IOptions<KestrelServerOptions>>()?.Value.Limits;
        return services.GetService<OutlivingConnections>() is null
            || kestrel?.MaxConcurrentUpgradedConnections is not null
            || kestrel?.MaxConcurrentConnections is not null
            || services.GetService<IOptions<RateLimiterOptions>>()?.Value.GlobalLimiter is not null;
    }
}
