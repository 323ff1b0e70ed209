using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using RawWebSocket.Testing.Transports;

namespace RawWebSocket.Testing.Handshakes;

/// <summary>Sends the opening request over TCP, with TLS for https. Any certificate will do: a test server has none worth checking.</summary>
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
            await socket.ConnectAsync(EndPointOf(uri), cancellationToken).ConfigureAwait(false);
            stream = await OpenStreamAsync(socket, uri, cancellationToken).ConfigureAwait(false);
            await stream.WriteAsync(RequestHead(uri, options), cancellationToken).ConfigureAwait(false);
            var reader = new HttpResponseReader(stream);
            var (statusCode, headers) = await reader.ReadHeadAsync(cancellationToken).ConfigureAwait(false);
            if (statusCode == StatusCodes.Status101SwitchingProtocols)
            {
                kept = true;
                return new HandshakeAnswer(statusCode, headers, new SocketTransport(socket, stream, reader.Buffer), "");
            }

            return new HandshakeAnswer(statusCode, headers, null, await reader.ReadBodyAsync(headers, cancellationToken).ConfigureAwait(false));
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

    private static EndPoint EndPointOf(Uri uri)
    {
        if (!IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address))
        {
            return new DnsEndPoint(uri.Host, uri.Port);
        }

        var loopback = address.Equals(IPAddress.Any) ? IPAddress.Loopback : address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : address;
        return new IPEndPoint(loopback, uri.Port);
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
