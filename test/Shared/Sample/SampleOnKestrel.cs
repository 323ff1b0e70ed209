using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace RawWebSocket.Tests.Shared;

/// <summary>sample-web on Kestrel.</summary>
/// <remarks>
/// The port is a setting, which the entry point reads. The factory's own way of setting it comes too late when the entry point has been the
/// quicker of the two.
/// </remarks>
internal sealed class SampleOnKestrel : WebApplicationFactory<Program>
{
    private readonly int _port;

    /// <param name="port">0 takes any that is free.</param>
    public SampleOnKestrel(int port)
    {
        _port = port;
        UseKestrel();
        StartServer();
    }

    public Uri Address =>
        new(Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());

    protected override void ConfigureWebHost(IWebHostBuilder builder) =>
        builder.UseSetting(WebHostDefaults.ServerUrlsKey, $"http://127.0.0.1:{_port}");
}
