using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace RawWebSocket.Conformance.Tests;

/// <summary>One way from the client to the application under test. A class of tests shares one.</summary>
public abstract class ConformanceServer : WebApplicationFactory<ConformanceServer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The ways in which the same bytes are to reach the server.</summary>
    internal abstract IEnumerable<Delivery> DeliveriesOf(byte[] bytes);

    /// <summary>Opens a connection on which the client sends only what a test sends.</summary>
    public Task<TestWebSocket> ConnectAsync(string path) => this.ConnectRawWebSocketAsync(path, options =>
    {
        options.Timeout = Patience;
        options.AutoPong = false;
        options.AutoClose = false;
    });

    protected override IHostBuilder CreateHostBuilder() => new HostBuilder().ConfigureWebHost(web => web
        .ConfigureServices(services => services.AddRouting())
        .Configure(app => Endpoints.Map(app.UseRouting().Use(CutReads.IfAskedAsync).UseRawWebSockets())));

    // The factory looks for the folder of a project named like this assembly beside the solution, where it is not.
    protected override void ConfigureWebHost(IWebHostBuilder builder) => builder.UseContentRoot(AppContext.BaseDirectory);

    /// <summary>Every position at which bytes can be cut in two; of long ones the first, a middle and the last.</summary>
    internal static IEnumerable<int> CutsOf(int length) =>
        length <= 320 ? Enumerable.Range(1, Math.Max(0, length - 1)) : [.. Enumerable.Range(1, 18), length / 2, length - 1];
}
