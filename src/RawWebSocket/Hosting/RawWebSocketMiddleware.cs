using Microsoft.AspNetCore.Http;
using RawWebSocket.Diagnostics;
using RawWebSocket.Handshake;

namespace RawWebSocket.Hosting;

/// <summary>
/// Marks requests on their way to the endpoints, where those that ask for a WebSocket are answered after authorization and the rest
/// of the pipeline. One that finds no endpoint is told so in words.
/// </summary>
internal sealed class RawWebSocketMiddleware(RequestDelegate next, RawWebSocketServer server)
{
    public Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        RawWebSocketMarker.Leave(context, endpoint);

        // Not awaited where routing has found an endpoint already: an open connection holds each asynchronous layer around it.
        return endpoint is null ? InvokeUnroutedAsync(context) : next(context);
    }

    private async Task InvokeUnroutedAsync(HttpContext context)
    {
        await next(context).ConfigureAwait(false);
        if (context.Response is { HasStarted: false, StatusCode: StatusCodes.Status404NotFound }
            && context.GetEndpoint() is null
            && OpeningHandshake.IsWebSocketRequest(context))
        {
            Log.NoEndpoint(server.Logger, context.Request.Path);
            await Refusal.WriteLineAsync(context, "No WebSocket endpoint is mapped at this path.").ConfigureAwait(false);
        }
    }
}
