using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;

namespace RawWebSocket.Abuse.Server;

/// <summary>What a server has below HTTP.</summary>
internal enum ServerHost
{
    /// <summary>Kestrel's own sockets, as a web application has them by default.</summary>
    Default,

    /// <summary>Kestrel's own sockets, tuned.</summary>
    Tuned,

    /// <summary>The own transport, where the system has what it needs.</summary>
    Transport,
}

/// <summary>How a server is told its host, and sets it up.</summary>
internal static class ServerHosts
{
    private const string Setting = "host";

    /// <summary>The word for it, on the command line and in the report.</summary>
    public static string Word(this ServerHost host) => host.ToString().ToLowerInvariant();

    /// <summary>The settings, and the host where it is not the default.</summary>
    public static IReadOnlyDictionary<string, string> On(this IReadOnlyDictionary<string, string> settings, ServerHost host) =>
        host == ServerHost.Default ? settings : new Dictionary<string, string>(settings) { [Setting] = host.Word() };

    public static void SetUpHost(this WebApplicationBuilder builder)
    {
        switch (builder.Configuration.GetValue(Setting, ServerHost.Default))
        {
            case ServerHost.Tuned:
                builder.WebHost.UseRawWebSocketTransport(options => options.UseEpoll = false);
                break;
            case ServerHost.Transport:
                builder.WebHost.UseRawWebSocketTransport();
                break;
        }
    }
}
