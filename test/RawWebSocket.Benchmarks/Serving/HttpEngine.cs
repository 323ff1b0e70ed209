using Microsoft.AspNetCore.Builder;

namespace RawWebSocket.Benchmarks.Serving;

/// <summary>An application without WebSockets: a short answer to a GET, of which the length is known.</summary>
internal static class HttpEngine
{
    public const string Path = "/get";

    private static readonly byte[] Body = "Hello, World!"u8.ToArray();

    /// <summary>What it answers with.</summary>
    public static ReadOnlySpan<byte> Answer => Body;

    public static void Map(WebApplication app) => app.MapGet(Path, static context =>
    {
        context.Response.ContentType = "text/plain";
        context.Response.ContentLength = Body.Length;
        return context.Response.Body.WriteAsync(Body).AsTask();
    });
}
