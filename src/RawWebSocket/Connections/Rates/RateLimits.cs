using System.Collections.Concurrent;

namespace RawWebSocket.Connections.Rates;

/// <summary>The rates of all endpoints, each known by its options.</summary>
internal sealed class RateLimits : IDisposable
{
    private readonly ConcurrentDictionary<RawWebSocketOptions, EndpointRates> _endpoints = new();

    public EndpointRates Of(RawWebSocketOptions options) =>
        _endpoints.GetOrAdd(options, static options => new EndpointRates(options));

    public void Dispose()
    {
        foreach (var (_, endpoint) in _endpoints)
        {
            endpoint.Dispose();
        }
    }
}
