using Microsoft.AspNetCore.Http;

namespace RawWebSocket.Hosting;

/// <summary>
/// How an endpoint can tell that the middleware is there: all WebSocket endpoints of an application have it in their metadata.
/// </summary>
/// <remarks>
/// Where routing comes first, which is usual, it is enough that the middleware has once seen a request on its way to one of them: a
/// marker on the request itself would be held for as long as the connection.
/// </remarks>
internal sealed class RawWebSocketMarker
{
    // For requests that the middleware sees before routing does.
    private static readonly RawWebSocketMarker OnRequest = new();

    private volatile bool _isSeen;

    /// <summary>Marks a request that passes the middleware.</summary>
    /// <param name="context">The request.</param>
    /// <param name="endpoint">Where it is going; null when that is not known yet.</param>
    public static void Leave(HttpContext context, Endpoint? endpoint)
    {
        if (endpoint?.Metadata.GetMetadata<RawWebSocketMarker>() is not { } marker)
        {
            context.Features.Set(OnRequest);
        }
        else if (!marker._isSeen)
        {
            marker._isSeen = true;
        }
    }

    /// <summary>Whether this request, or one on its way to a WebSocket endpoint before it, has passed the middleware.</summary>
    public bool IsSeen(HttpContext context) => _isSeen || context.Features.Get<RawWebSocketMarker>() is not null;
}
