using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace RawWebSocket.Benchmarks.Serving;

/// <summary>A server in a process of its own: the default host, the same for all engines.</summary>
internal static class BenchmarkServer
{
    /// <summary>Makes the server end with its standard input, and so with whoever started it.</summary>
    public const string AttachedSwitch = "--attached";

    /// <summary>Asked for, it collects its garbage before it answers.</summary>
    public const string CollectPath = "/collect";

    /// <summary>Asked for, it gives back what memory it does not need as well.</summary>
    public const string GiveBackPath = "/give-back";

    public static async Task<int> RunAsync(Arguments arguments)
    {
        await using var app = Build(ServerSettings.From(arguments));
        await app.StartAsync();
        Console.WriteLine(PortOf(app));
        if (arguments.Has(AttachedSwitch))
        {
            _ = StopWithInputAsync(app.Lifetime);
        }

        await app.WaitForShutdownAsync();
        return 0;
    }

    private static WebApplication Build(ServerSettings settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls($"http://127.0.0.1:{settings.Port}");
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.WebHost.SetUp(settings.Host);
        if (settings.Engine == Engine.Raw)
        {
            RawEngine.AddServices(builder.Services);
        }

        var app = builder.Build();
        app.MapGet("/stats", static context => context.Response.WriteAsJsonAsync(ServerStats.Read(), ServerStatsJson.Default.ServerStats));
        app.MapGet(CollectPath, static _ => CollectAsync(GCCollectionMode.Forced));
        app.MapGet(GiveBackPath, static _ => CollectAsync(GCCollectionMode.Aggressive));
        Map(app, settings);
        return app;
    }

    private static Task CollectAsync(GCCollectionMode mode)
    {
        GC.Collect(GC.MaxGeneration, mode, blocking: true, compacting: true);
        return Task.CompletedTask;
    }

    private static void Map(WebApplication app, ServerSettings settings)
    {
        switch (settings.Engine)
        {
            case Engine.Raw:
                RawEngine.Map(app, settings);
                break;
            case Engine.BuiltIn:
                BuiltInEngine.Map(app, settings);
                break;
            case Engine.Floor:
                FloorEngine.Map(app);
                break;
            case Engine.Http:
                HttpEngine.Map(app);
                break;
        }
    }

    private static int PortOf(WebApplication app) =>
        new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

    // Not awaited by anybody: reading standard input blocks a thread until it ends.
    private static Task StopWithInputAsync(IHostApplicationLifetime lifetime) => Task.Factory.StartNew(
        () =>
        {
            while (Console.In.ReadLine() is not null)
            {
            }

            lifetime.StopApplication();
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);
}
