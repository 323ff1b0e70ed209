using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RawWebSocket.Hosting;

namespace RawWebSocket.Tests.Hosting;

public class KestrelBuffersTests
{
    private const long ContainerOf512MiB = 96 * 1024 * 1024;

    private static readonly BufferSizes Sizes = BufferSizes.For(ContainerOf512MiB);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Little_memory_makes_Kestrels_buffers_small_with_AddRawWebSockets_and_without(bool isRegistered)
    {
        await using var app = Build(isRegistered);
        var (sockets, limits) = (SocketsOf(app), LimitsOf(app));
        sockets.MaxReadBufferSize.ShouldBe(Sizes.Read);
        sockets.MaxWriteBufferSize.ShouldBe(Sizes.Write);
        limits.MaxResponseBufferSize.ShouldBe(Sizes.Write);
        limits.Http2.InitialConnectionWindowSize.ShouldBe(Sizes.Http2Connection);
        limits.Http2.InitialStreamWindowSize.ShouldBe(Sizes.Http2Stream);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_application_has_set_is_kept(bool isRegistered)
    {
        await using var app = Build(isRegistered, builder =>
        {
            builder.Services.Configure<SocketTransportOptions>(sockets =>
            {
                sockets.MaxReadBufferSize = null;
                sockets.MaxWriteBufferSize = 200_000;
            });
            builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.Limits.MaxResponseBufferSize = 300_000;
                kestrel.Limits.Http2.InitialConnectionWindowSize = 400_000;
                kestrel.Limits.Http2.InitialStreamWindowSize = 70_000;
            });
        });
        var (sockets, limits) = (SocketsOf(app), LimitsOf(app));
        sockets.MaxReadBufferSize.ShouldBeNull();
        sockets.MaxWriteBufferSize.ShouldBe(200_000);
        limits.MaxResponseBufferSize.ShouldBe(300_000);
        limits.Http2.InitialConnectionWindowSize.ShouldBe(400_000);
        limits.Http2.InitialStreamWindowSize.ShouldBe(70_000);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Buffers_that_are_not_to_be_fitted_stay_as_they_are(bool isRegistered)
    {
        await using var app = Build(
            isRegistered, builder => builder.Services.Configure<RawWebSocketOptions>(options => options.Server.FitKestrelBuffers = false));
        SocketsOf(app).MaxReadBufferSize.ShouldBe(new SocketTransportOptions().MaxReadBufferSize);
        LimitsOf(app).Http2.InitialStreamWindowSize.ShouldBe(new KestrelServerLimits().Http2.InitialStreamWindowSize);
    }

    [Fact]
    public async Task Much_memory_leaves_them_alone()
    {
        await using var app = Build(
            isRegistered: true,
            builder => builder.Services.Configure<RawWebSocketOptions>(options => options.Server.TransportBudget = 6L << 30));
        var (sockets, defaults) = (SocketsOf(app), new SocketTransportOptions());
        sockets.MaxReadBufferSize.ShouldBe(defaults.MaxReadBufferSize);
        sockets.MaxWriteBufferSize.ShouldBe(defaults.MaxWriteBufferSize);
        LimitsOf(app).Http2.InitialConnectionWindowSize.ShouldBe(new KestrelServerLimits().Http2.InitialConnectionWindowSize);
    }

    private static SocketTransportOptions SocketsOf(WebApplication app) =>
        app.Services.GetRequiredService<IOptions<SocketTransportOptions>>().Value;

    private static KestrelServerLimits LimitsOf(WebApplication app) =>
        app.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;

    private static WebApplication Build(bool isRegistered, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.Configure<RawWebSocketOptions>(options => options.Server.TransportBudget = ContainerOf512MiB);
        configure?.Invoke(builder);
        if (isRegistered)
        {
            builder.Services.AddRawWebSockets();
        }

        var app = builder.Build();
        app.UseRawWebSockets();
        return app;
    }
}
