using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RawWebSocket;
using RawWebSocket.Tuning;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Sets a host up for WebSockets.</summary>
public static class RawWebSocketWebHostBuilderExtensions
{
    /// <summary>
    /// Tunes Kestrel for many WebSockets: longer blocks of memory, which are given back when nobody needs them, and fewer switches between
    /// threads. What that saves stands in <c>docs/performance.md</c>.
    /// </summary>
    /// <remarks>
    /// Call it early in <c>Program.cs</c>, before the process uses its first socket. Handlers must not block their thread (no
    /// <c>Task.Wait</c>, no synchronous database call): the thread serves other connections too. An endpoint that does is taken
    /// off these threads, see <see cref="RawWebSocketTuningOptions.BlockingTime"/>. Does nothing on servers other than Kestrel.
    /// </remarks>
    /// <param name="builder">The host's builder, such as <c>builder.WebHost</c>.</param>
    /// <param name="configure">Changes the options; the defaults are meant to be right.</param>
    /// <exception cref="OptionsValidationException">An option is wrong; the message says which and what to set.</exception>
    public static IWebHostBuilder TuneForRawWebSockets(this IWebHostBuilder builder, Action<RawWebSocketTuningOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new RawWebSocketTuningOptions();
        configure?.Invoke(options);
        TuningValidator.ThrowIfInvalid(options);

        var wantsCompletions = options is { InlineScheduling: true, InlineCompletions: true };
        var tuning = new HostTuning(options, wantsCompletions && !InlineCompletions.TrySwitchOn());
        return builder.ConfigureServices(services => services
            .AddSingleton(tuning)
            .AddSingleton<IMemoryPoolFactory<byte>>(provider =>
                new BlockPoolFactory(options, provider.GetService<TimeProvider>() ?? TimeProvider.System))
            .Configure<SocketTransportOptions>(sockets =>
            {
                sockets.UnsafePreferInlineScheduling = options.InlineScheduling;
                sockets.WaitForDataBeforeAllocatingBuffer = options.WaitForDataBeforeAllocatingBuffer;
            }));
    }
}
