using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace RawWebSocket.Integration.Tests.Kit;

/// <summary>An application for one test, on the kind of server it asks for. Everything it logs is kept.</summary>
internal sealed class TestApp : WebApplicationFactory<Program>
{
    private static readonly Lazy<X509Certificate2> Certificate = new(MakeCertificate);
    private readonly AppScript _script;

    /// <param name="app">What the application does once it is built: <c>UseRawWebSockets</c>, endpoints and all.</param>
    /// <param name="services">Its services; logging has been emptied.</param>
    /// <param name="kind">Where it runs.</param>
    public TestApp(Action<WebApplication> app, Action<WebApplicationBuilder>? services = null, ServerKind kind = ServerKind.InMemory)
    {
        _script = new AppScript(app, services);
        if (kind == ServerKind.Kestrel)
        {
            UseKestrel(options => options.Listen(IPAddress.Loopback, 0));
        }
        else if (kind == ServerKind.KestrelWithTls)
        {
            UseKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(Certificate.Value)));
        }
        else if (kind == ServerKind.KestrelWithHttp2)
        {
            UseKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        }
    }

    /// <summary>What was logged, by whomever.</summary>
    public RecordedLog Log { get; } = new();

    /// <summary>Every connection of this process, as any service gets it.</summary>
    public WebSocketGroups Groups => Services.GetRequiredService<WebSocketGroups>();

    /// <summary>The middleware, the services, and one handler at <c>/</c>.</summary>
    public static TestApp With(
        IWebSocketHandler handler,
        Action<RawWebSocketOptions>? options = null,
        Action<WebApplicationBuilder>? services = null,
        ServerKind kind = ServerKind.InMemory) =>
        Mapping(app => app.MapRawWebSocket("/", handler, options), services, kind);

    /// <summary>The middleware, the services, and one delegate at <c>/</c>.</summary>
    public static TestApp With(
        Func<WebSocketConnection, Task> handler,
        Action<RawWebSocketOptions>? options = null,
        Action<WebApplicationBuilder>? services = null,
        ServerKind kind = ServerKind.InMemory) =>
        Mapping(app => app.MapRawWebSocket("/", handler, options), services, kind);

    /// <summary>The middleware, the services, and whatever is mapped.</summary>
    public static TestApp Mapping(
        Action<WebApplication> map, Action<WebApplicationBuilder>? services = null, ServerKind kind = ServerKind.InMemory) => new(
        app =>
        {
            app.UseRawWebSockets();
            map(app);
        },
        builder =>
        {
            builder.Services.AddRawWebSockets();
            services?.Invoke(builder);
        },
        kind);

    /// <summary>Connects with a time limit that a busy machine keeps too.</summary>
    public Task<TestWebSocket> ConnectAsync(string path = "/", Action<TestWebSocketOptions>? configure = null) =>
        this.ConnectRawWebSocketAsync(path, options =>
        {
            options.Timeout = Waiting.Limit;
            configure?.Invoke(options);
        });

    /// <summary>A client for pages that keeps no cookies and follows no redirects.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "The client owns its handler.")]
    public HttpClient CreateBrowser()
    {
        // The services start the server; only then is the address known.
        _ = Services;
        var address = ClientOptions.BaseAddress;
        return address.Scheme == Uri.UriSchemeHttps
            ? new HttpClient(Http2.TrustingHandler()) { BaseAddress = address }
            : CreateClient(new() { HandleCookies = false, AllowAutoRedirect = false, BaseAddress = address });
    }

    /// <summary>Expects a refusal with a time limit that a busy machine keeps too.</summary>
    public Task<HandshakeRefusal> ExpectRefusalAsync(string path = "/", Action<TestWebSocketOptions>? configure = null) =>
        this.ExpectRawWebSocketRefusalAsync(path, options =>
        {
            options.Timeout = Waiting.Limit;
            configure?.Invoke(options);
        });

    /// <summary>Starts to stop the host; completes when it has stopped.</summary>
    public Task StopHostAsync()
    {
        var lifetime = Services.GetRequiredService<IHostApplicationLifetime>();
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lifetime.ApplicationStopped.Register(stopped.SetResult);
        _ = Task.Run(lifetime.StopApplication);
        return stopped.Task;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        // The factory looks for the folder of a project named like this assembly beside the solution, where it is not.
        builder.UseContentRoot(AppContext.BaseDirectory);
        builder.ConfigureLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(Log));
    }

    protected override IHost CreateHost(IHostBuilder builder)
    {
        // The base method races with the entry point's own start: when that is quicker, it cannot set its port any more, and when it has
        // failed already, it throws that the services are disposed instead of why.
        Program.Next = _script;
        var host = builder.Build();

        // The method is the factory's and synchronous, so there is nothing to await with; the wait has a time limit.
        _script.Started.Task.Within().GetAwaiter().GetResult();
        return host;
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }
}
