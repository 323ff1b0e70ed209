using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using RawWebSocket.Testing.Transports;

namespace RawWebSocket.Testing.Handshakes;

/// <summary>Sends the opening request to a TestServer.</summary>
internal sealed class MemoryConnector(TestServer server) : IConnector
{
    public async Task<HandshakeAnswer> OpenAsync(Uri uri, TestWebSocketOptions options, CancellationToken cancellationToken)
    {
        MemoryConnection? connection = null;
        var sending = server.SendAsync(
            context =>
            {
                Fill(context, uri, options);
                connection = new MemoryConnection(context, options.TransportCapacity);
            },
            cancellationToken);

        var response = (await WaitAsync(sending, connection, cancellationToken).ConfigureAwait(false)).Response;
        if (response.StatusCode == StatusCodes.Status101SwitchingProtocols)
        {
            return new HandshakeAnswer(response.StatusCode, response.Headers, new MemoryTransport(connection!, response.Body), "");
        }

        using var body = new StreamReader(response.Body);
        return new HandshakeAnswer(
            response.StatusCode, response.Headers, null, await body.ReadToEndAsync(cancellationToken).ConfigureAwait(false));
    }

    private static async Task<HttpContext> WaitAsync(
        Task<HttpContext> sending, MemoryConnection? connection, CancellationToken cancellationToken)
    {
        try
        {
            // TestServer itself would wait for an application that does not look at RequestAborted.
            return await sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (connection is { AbortedByApplication: true })
        {
            throw new IOException("The application aborted the request.", exception);
        }
    }

    private static void Fill(HttpContext context, Uri uri, TestWebSocketOptions options)
    {
        var request = context.Request;
        request.Protocol = $"HTTP/{options.HttpVersion}";
        request.Method = options.Method;
        request.Scheme = uri.Scheme;
        var path = PathString.FromUriComponent(uri);
        if (path.StartsWithSegments(request.PathBase, out var rest))
        {
            path = rest;
        }

        request.Path = path;
        request.QueryString = QueryString.FromUriComponent(uri);
        request.Headers.Clear();
        foreach (var (name, values) in options.Headers)
        {
            request.Headers[name] = values;
        }

        context.Connection.RemoteIpAddress = options.RemoteIpAddress;
    }
}
