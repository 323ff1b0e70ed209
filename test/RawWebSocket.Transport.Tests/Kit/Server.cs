using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace RawWebSocket.Transport.Tests.Kit;

/// <summary>A real Kestrel on 127.0.0.1 for one test.</summary>
internal sealed class Server : IAsyncDisposable
{
    private Server(WebApplication app, RecordedLog log) => (App, Log) = (app, log);

    public WebApplication App { get; }

    public RecordedLog Log { get; }

    /// <summary>Where it listens, if it does so once.</summary>
    public Uri Address => new(App.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public int Port => Address.Port;

    /// <summary>An endpoint without HTTP: the connection itself.</summary>
    public static Task<Server> StartRawAsync(
        TransportKind kind,
        ConnectionDelegate connection,
        Action<RawWebSocketTransportOptions>? transport = null,
        Action<SocketTransportOptions>? sockets = null,
        Action<WebApplicationBuilder>? host = null) =>
        StartAsync(
            kind,
            _ => { },
            transport: transport,
            sockets: sockets,
            host: host,
            listen: listen => listen.Use(_ => connection));

    /// <summary>An endpoint whose requests all go to one delegate.</summary>
    public static Task<Server> StartAsync(
        TransportKind kind,
        RequestDelegate request,
        Action<KestrelServerOptions>? kestrel = null,
        Action<ListenOptions>? listen = null,
        Action<RawWebSocketTransportOptions>? transport = null,
        Action<SocketTransportOptions>? sockets = null) =>
        StartAsync(kind, app => app.Run(request), kestrel, listen, transport, sockets);

    public static async Task<Server> StartAsync(
        TransportKind kind,
        Action<WebApplication> app,
        Action<KestrelServerOptions>? kestrel = null,
        Action<ListenOptions>? listen = null,
        Action<RawWebSocketTransportOptions>? transport = null,
        Action<SocketTransportOptions>? sockets = null,
        Action<WebApplicationBuilder>? host = null,
        bool listens = true)
    {
        var log = new RecordedLog();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.SetMinimumLevel(LogLevel.Debug).AddProvider(log);
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options =>
        {
            if (listens)
            {
                options.Listen(IPAddress.Loopback, 0, endpoint => listen?.Invoke(endpoint));
            }

            kestrel?.Invoke(options);
        });
        builder.Services.Configure<SocketTransportOptions>(options =>
        {
            options.UnsafePreferInlineScheduling = kind == TransportKind.EpollInline;
            sockets?.Invoke(options);
        });
        if (kind != TransportKind.Sockets)
        {
            builder.WebHost.UseRawWebSocketTransport(transport);
        }

        host?.Invoke(builder);
        var server = new Server(builder.Build(), log);
        app(server.App);
        try
        {
            await server.App.StartAsync().Within();
        }
        catch
        {
            await server.App.DisposeAsync();
            throw;
        }

        return server;
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(Waiting.Limit);
        await App.StopAsync(limit.Token);
        await App.DisposeAsync();
    }
}
