using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.Hosting;

namespace RawWebSocket.Testing.Tests;

/// <summary>An application that is one request delegate, on the kind of server a test asks for.</summary>
public sealed class EndpointFactory : WebApplicationFactory<EndpointFactory>
{
    private static readonly Lazy<X509Certificate2> Certificate = new(MakeCertificate);
    private readonly RequestDelegate _endpoint;

    public EndpointFactory(ServerKind kind, RequestDelegate endpoint)
    {
        _endpoint = endpoint;
        if (kind == ServerKind.Kestrel)
        {
            UseKestrel(0);
            StartServer();
        }
        else if (kind == ServerKind.KestrelWithTls)
        {
            UseKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(Certificate.Value)));
            StartServer();
        }
    }

    protected override IHostBuilder CreateHostBuilder() =>
        new HostBuilder().ConfigureWebHost(web => web.Configure(app => app.Run(_endpoint)));

    // The factory looks for the folder of a project named like this assembly beside the solution, where it is not.
    protected override void ConfigureWebHost(IWebHostBuilder builder) => builder.UseContentRoot(AppContext.BaseDirectory);

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }
}
