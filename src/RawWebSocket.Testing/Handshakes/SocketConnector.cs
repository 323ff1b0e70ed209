using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using RawWebSocket.Testing.Transports;

namespace RawWebSocket.Testing.Handshakes;

/// <summary>Sends the opening request over TCP, with TLS for https, where any certificate will do.</summary>
internal sealed class SocketConnector : IConnector
{
    public async Task<HandshakeAnswer> OpenAsync(Uri uri, TestWebSocketOptions options, CancellationToken cancellationToken)
    {
        if (options.RemoteIpAddress is not null)
        {
            throw new InvalidOperationException("The remote address can be chosen in memory only; over a socket it is the socket's.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        var kept = false;
        try
        {
            await socket.ConnectAsync(uri.IdnHost, uri.Port, cancellationToken).ConfigureAwait(false);
            stream = await OpenStreamAsync(socket, uri, cancellationToken).ConfigureAwait(false);
            await stream.WriteAsync(RequestHead(uri, options), cancellationToken).ConfigureAwait(false);
            var reader = new HttpResponseReader(stream);
            var (statusCode, headers) = await reader.ReadHeadAsync(cancellationToken).ConfigureAwait(false);
            if (statusCode == StatusCodes.Status101SwitchingProtocols)
            {
                kept = true;
                return new HandshakeAnswer(statusCode, headers, new SocketTransport(socket, stream, reader.Buffer), "");
            }

            var body = HasBody(statusCode, options.Method)
                ? await reader.ReadBodyAsync(headers, cancellationToken).ConfigureAwait(false)
                : "";
            return new HandshakeAnswer(statusCode, headers, null, body);
        }
        finally
        {
            if (!kept)
            {
                stream?.Dispose();
                socket.Dispose();
            }
        }
    }

    [SuppressMessage("Security", "CA5359", Justification = "A server under test proves nothing with its certificate.")]
    private static async Task<Stream> OpenStreamAsync(Socket socket, Uri uri, CancellationToken cancellationToken)
    {
        var plain = new NetworkStream(socket, ownsSocket: true);
        if (uri.Scheme != Uri.UriSchemeHttps)
        {
            return plain;
        }

        var secure = new SslStream(plain);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = uri.Host,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        };
        await secure.AuthenticateAsClientAsync(options, cancellationToken).ConfigureAwait(false);
        return secure;
    }

    // RFC 9112 section 6.3.
    private static bool HasBody(int statusCode, string method) =>
        statusCode is not (StatusCodes.Status204NoContent or StatusCodes.Status304NotModified) && !HttpMethods.IsHead(method);

    private static byte[] RequestHead(Uri uri, TestWebSocketOptions options)
    {
        var head = new StringBuilder($"{options.Method} {uri.PathAndQuery} HTTP/{options.HttpVersion}\r\n");
        foreach (var (name, values) in options.Headers)
        {
            foreach (var value in values)
            {
                head.Append(name).Append(": ").Append(value).Append("\r\n");
            }
        }

        return Encoding.UTF8.GetBytes(head.Append("\r\n").ToString());
    }
}
