using RawWebSocket.Hosting;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Puts RawWebSocket into the request pipeline.</summary>
public static class RawWebSocketApplicationBuilderExtensions
{
    /// <summary>
    /// Lets requests that ask for a WebSocket through to the endpoints mapped with <c>MapRawWebSocket</c>, which answer them after
    /// authorization, CORS, host matching and rate limiting.
    /// </summary>
    /// <remarks>
    /// Place it anywhere before the endpoints; in a <c>WebApplication</c> that is anywhere. When it is missing, or comes after an explicit
    /// <c>UseEndpoints</c>, an endpoint that is reached throws an <see cref="InvalidOperationException"/> that says so (status 500). A
    /// WebSocket request that finds no endpoint gets a 404 with a line of text, and a warning is logged. Calling it twice is harmless.
    /// </remarks>
    /// <param name="app">The application.</param>
    public static IApplicationBuilder UseRawWebSockets(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var server = RawWebSocketServer.Of(app.ApplicationServices);
        return app.Use(next => new RawWebSocketMiddleware(next, server).InvokeAsync);
    }
}
