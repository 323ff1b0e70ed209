namespace Microsoft.AspNetCore.Builder;

/// <summary>Puts RawWebSocket into the request pipeline.</summary>
public static class RawWebSocketApplicationBuilderExtensions
{
    /// <summary>Takes over requests that ask for a WebSocket.</summary>
    /// <param name="app">The application.</param>
    public static IApplicationBuilder UseRawWebSockets(this IApplicationBuilder app) => throw new NotImplementedException();
}
