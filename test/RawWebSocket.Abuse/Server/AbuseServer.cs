using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace RawWebSocket.Abuse.Server;

/// <summary>The server that is attacked, in a process of its own. Its limits come by command line, as configuration.</summary>
internal static class AbuseServer
{
    public static async Task<int> RunAsync(string[] args)
    {
        var exceptions = new TallyBook();
        AppDomain.CurrentDomain.FirstChanceException += (_, e) => exceptions.Add(e.Exception.GetType().Name);
        using var meter = new MeterReading();
        using var held = new HeldWatch();
        using var errors = new ErrorLog();
        var closures = new ClosureLog();

        await using var app = Build(args, errors);
        Map(app, closures);
        await app.StartAsync();

        using var broadcaster = new Broadcaster(app.Services.GetRequiredService<WebSocketGroups>());
        var admin = new AdminChannel(broadcaster, app.Lifetime, () => new ServerStats(
            GC.GetTotalMemory(forceFullCollection: false),
            meter.PooledBytes,
            meter.Open,
            closures.ToDictionary(),
            meter.ToDictionary(),
            exceptions.ToDictionary(),
            errors.Count,
            errors.First,
            broadcaster.Sent,
            held.Now,
            held.Most,
            app.Services.GetRequiredService<IOptions<RawWebSocketOptions>>().Value.Server.MemoryBudget));
        admin.Start(PortOf(app));
        await app.WaitForShutdownAsync();
        await broadcaster.StopAsync();
        return 0;
    }

    private static WebApplication Build(string[] args, ErrorLog errors)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning).AddProvider(errors);
        builder.Services.Configure<KestrelServerOptions>(builder.Configuration.GetSection("Kestrel"));
        builder.Services.AddRawWebSockets(KnownOptions(builder.Configuration.GetSection("WebSockets")));
        builder.SetUpHost();
        return builder.Build();
    }

    // Configuration that names no option is ignored by the binder; a limit that is not set must not look like one that does not hold.
    private static IConfigurationSection KnownOptions(IConfigurationSection section)
    {
        Check(section, typeof(RawWebSocketOptions));
        return section;

        static void Check(IConfigurationSection section, Type options)
        {
            foreach (var option in section.GetChildren())
            {
                var property = options.GetProperty(option.Key)
                    ?? throw new InvalidOperationException($"{options.Name} has no option {option.Key}.");
                Check(option, property.PropertyType);
            }
        }
    }

    private static void Map(WebApplication app, ClosureLog closures)
    {
        app.UseRawWebSockets();
        app.MapRawWebSocket("/echo", new EchoHandler(closures));
        app.MapRawWebSocket("/silent", new SilentHandler(closures));
        app.MapRawWebSocket("/slow/20", new SlowHandler(closures, TimeSpan.FromMilliseconds(20)));
        app.MapRawWebSocket("/slow/50", new SlowHandler(closures, TimeSpan.FromMilliseconds(50)));
        app.MapRawWebSocket("/broadcast", new BroadcastHandler(closures));
        app.MapRawWebSocket("/block", new BlockingHandler(closures));
        app.MapRawWebSocket("/download", new DownloadHandler(closures));
        app.MapRawWebSocket("/farewell", new FarewellHandler(closures));
        app.MapRawWebSocket("/goodbye", new GoodbyeHandler(closures));
        app.MapRawWebSocket("/blocking-close", new BlockingCloseHandler(closures));
        app.MapRawWebSocket("/blocking-stop", new BlockingStopHandler(closures));
    }

    private static int PortOf(WebApplication app) =>
        new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
}
