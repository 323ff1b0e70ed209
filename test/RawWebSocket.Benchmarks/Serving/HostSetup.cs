using Microsoft.AspNetCore.Hosting;

namespace RawWebSocket.Benchmarks.Serving;

/// <summary>What a server's host has below HTTP.</summary>
internal enum HostSetup
{
    /// <summary>Kestrel's own sockets, as a web application has them by default.</summary>
    Default,

    /// <summary>Kestrel's own sockets, tuned.</summary>
    Tuned,

    /// <summary>The own transport, where the system has what it needs.</summary>
    Transport,
}

/// <summary>Sets a host up.</summary>
internal static class HostSetupExtensions
{
    public static IWebHostBuilder SetUp(this IWebHostBuilder builder, HostSetup setup) => setup switch
    {
        HostSetup.Tuned => builder.UseRawWebSocketTransport(options => options.UseEpoll = false),
        HostSetup.Transport => builder.UseRawWebSocketTransport(),
        _ => builder,
    };
}
