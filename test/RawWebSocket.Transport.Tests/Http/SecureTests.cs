using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace RawWebSocket.Transport.Tests.Http;

public sealed class SecureTests
{
    [Theory]
    [AllTransports]
    public async Task TLS_carries_large_bodies_both_ways(TransportKind kind)
    {
        await using var server = await Server.StartAsync(
            kind, context => context.Request.BodyReader.CopyToAsync(context.Response.Body), listen: Secure(HttpProtocols.Http1));
        using var client = Client(server, HttpVersion.Version11);
        var body = RandomNumberGenerator.GetBytes(4 * 1024 * 1024);

        for (var i = 0; i < 3; i++)
        {
            using var content = new ByteArrayContent(body);
            var response = await client.PostAsync(server.Address, content).Within();
            (await response.Content.ReadAsByteArrayAsync().Within()).AsSpan().SequenceEqual(body).ShouldBeTrue();
        }
    }

    [Theory]
    [AllTransports]
    public async Task The_server_sees_the_certificate_of_the_client(TransportKind kind)
    {
        await using var server = await Server.StartAsync(
            kind,
            context => context.Response.WriteAsync(context.Connection.ClientCertificate!.Subject),
            listen: listen => listen.UseHttps(https =>
            {
                https.ServerCertificate = Certificates.Server;
                https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                https.AllowAnyClientCertificate();
            }));
        using var handler = Certificates.TrustingHandler();
        handler.SslOptions.ClientCertificates = [Certificates.Client];
        using var client = new HttpClient(handler);

        (await client.GetStringAsync(server.Address).Within()).ShouldBe("CN=client");
    }

    [Theory]
    [AllTransports]
    public async Task HTTP_2_carries_many_streams_side_by_side(TransportKind kind)
    {
        await using var server = await Server.StartAsync(
            kind,
            async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                await context.Response.Body.WriteAsync(body.ToArray());
            },
            listen: Secure(HttpProtocols.Http2));
        using var client = Client(server, HttpVersion.Version20);
        var body = RandomNumberGenerator.GetBytes(300_000);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            using var content = new ByteArrayContent(body);
            var response = await client.PostAsync(server.Address, content);
            response.Version.ShouldBe(HttpVersion.Version20);
            (await response.Content.ReadAsByteArrayAsync()).AsSpan().SequenceEqual(body).ShouldBeTrue();
        })).Within();
    }

    [Theory]
    [AllTransports]
    public async Task A_handshake_that_is_none_ends_its_own_connection_only(TransportKind kind)
    {
        await using var server = await Server.StartAsync(
            kind, context => context.Response.WriteAsync("well"), listen: Secure(HttpProtocols.Http1));
        using var wrong = await RawClient.ConnectAsync(server.Port);
        await wrong.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await wrong.ReadToEndAsync();
        using var client = Client(server, HttpVersion.Version11);

        (await client.GetStringAsync(server.Address).Within()).ShouldBe("well");
    }

    private static Action<ListenOptions> Secure(HttpProtocols protocols) => listen =>
    {
        listen.Protocols = protocols;
        listen.UseHttps(Certificates.Server);
    };

    private static HttpClient Client(Server server, Version version) => new(Certificates.TrustingHandler())
    {
        BaseAddress = server.Address,
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };
}
