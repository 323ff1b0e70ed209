using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace RawWebSocket.Transport.Sockets;

/// <summary>Kestrel's own sockets, with longer blocks of memory and fewer switches between threads.</summary>
internal static class TunedSockets
{
    /// <summary>Registers them.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="options">The options as they are now: the runtime's switch must be set before the first socket.</param>
    public static void Add(IServiceCollection services, RawWebSocketTransportOptions options)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionListenerFactory, SocketTransportFactory>());
        services.AddSingleton<IMemoryPoolFactory<byte>>(static provider => new BlockPoolFactory(
            provider.GetRequiredService<IOptions<RawWebSocketTransportOptions>>().Value.Sockets,
            provider.GetService<TimeProvider>() ?? TimeProvider.System));
        services.AddOptions<SocketTransportOptions>().Configure<IOptions<RawWebSocketTransportOptions>>(static (sockets, transport) =>
        {
            sockets.UnsafePreferInlineScheduling = transport.Value.InlineScheduling;
            sockets.WaitForDataBeforeAllocatingBuffer = transport.Value.Sockets.WaitForDataBeforeAllocatingBuffer;
        });
        if (options is { InlineScheduling: true, Sockets.InlineCompletions: true } && !InlineCompletions.TrySwitchOn())
        {
            services.AddSingleton<IHostedService>(static provider =>
                new LateSwitch(provider.GetRequiredService<ILoggerFactory>().CreateLogger(Log.Category)));
        }
    }

    /// <summary>Says at start that the runtime's switch came too late.</summary>
    private sealed class LateSwitch(ILogger logger) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            Log.InlineCompletionsTooLate(logger);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
