using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RawWebSocket.Transport.Tests.Kit;

/// <summary>Certificates that the tests make for themselves.</summary>
internal static class Certificates
{
    private static readonly Lazy<X509Certificate2> LazyServer = new(() => Make("CN=localhost"));
    private static readonly Lazy<X509Certificate2> LazyClient = new(() => Make("CN=client"));

    public static X509Certificate2 Server => LazyServer.Value;

    public static X509Certificate2 Client => LazyClient.Value;

    [SuppressMessage("Security", "CA5359", Justification = "The certificate was made for the tests.")]
    public static SocketsHttpHandler TrustingHandler() =>
        new() { SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true } };

    private static X509Certificate2 Make(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }
}
