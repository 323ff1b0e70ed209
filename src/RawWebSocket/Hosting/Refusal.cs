using System.Text;
using Microsoft.AspNetCore.Http;
using RawWebSocket.Connections.Transports;
using RawWebSocket.Diagnostics;
using RawWebSocket.Handshake;

namespace RawWebSocket.Hosting;

/// <summary>Answers a request that does not become a WebSocket: status, headers, one line of plain text; logged and counted.</summary>
internal static class Refusal
{
    public static Task WriteAsync(HttpContext context, RawWebSocketServer server, HandshakeVerdict.Refused refused)
    {
        Log.Refused(server.Logger, context.Request.Path, refused.StatusCode, refused.Message);
        server.Metrics.Refused(refused.Reason.Tag());

        var response = context.Response;
        response.StatusCode = refused.StatusCode;
        foreach (var (name, value) in refused.Headers)
        {
            response.Headers[name] = value;
        }

        return WriteLineAsync(context, refused.Message);
    }

    /// <summary>Ends a request whose answer the client does not take; there is nobody to tell.</summary>
    public static void Abort(HttpContext context, RawWebSocketServer server, RawWebSocketOptions options)
    {
        Log.HandshakeTimedOut(server.Logger, context.Request.Path, options.HandshakeTimeout);
        server.Metrics.Refused(RefusalReason.HandshakeTime.Tag());
        Transport.AbortRequest(context);
    }

    public static Task WriteLineAsync(HttpContext context, string line)
    {
        var body = Encoding.UTF8.GetBytes(line + "\n");
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
