using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace RawWebSocket.Integration.Tests.Opening;

public class OptionsTests
{
    [Fact]
    public async Task Options_are_bound_from_configuration()
    {
        var settings = new Dictionary<string, string?>
        {
            ["WebSockets:MaxMessageSize"] = "1000",
            ["WebSockets:ReceiveAheadBytes"] = "2000",
            ["WebSockets:MaxQueuedBytes"] = "3000",
            ["WebSockets:SendFragmentSize"] = "4000",
            ["WebSockets:SendTimeout"] = "00:00:45",
            ["WebSockets:KeepAliveInterval"] = "-00:00:00.001",
            ["WebSockets:KeepAliveTimeout"] = "00:00:07",
            ["WebSockets:CloseTimeout"] = "00:01:30",
            ["WebSockets:Subprotocols:0"] = "v2",
            ["WebSockets:Subprotocols:1"] = "v1",
            ["WebSockets:SubprotocolPreference"] = "Client",
            ["WebSockets:RequireSubprotocol"] = "true",
            ["WebSockets:AllowedOrigins:0"] = "https://a.example",
            ["WebSockets:AllowedOrigins:1"] = "https://b.example",
            ["WebSockets:IdleTimeout"] = "-00:00:00.001",
            ["WebSockets:LifetimeJitter"] = "0.25",
            ["WebSockets:ExpiredCloseStatus"] = "4001",
            ["WebSockets:MaxMessagesPerSecond"] = null,
            ["WebSockets:Server:MaxConnections"] = "5",
            ["WebSockets:Server:MaxConnectionsPerUser"] = "6",
            ["WebSockets:Server:CountLoopback"] = "true",
            ["WebSockets:Server:RetryAfter"] = "00:00:20",
            ["WebSockets:Server:ShutdownCloseStatus"] = "1012",
            ["WebSockets:Server:TransportBudget"] = "2000000",
            ["WebSockets:Server:FitKestrelBuffers"] = "false",
            ["WebSockets:Server:MaxMemoryLoad"] = "0.95",
        };
        await using var app = new TestApp(
            app =>
            {
                app.UseRawWebSockets();
                app.MapRawWebSocket("/", ScriptedHandler.Echo());
            },
            builder =>
            {
                builder.Configuration.AddInMemoryCollection(settings);
                builder.Services.AddRawWebSockets(builder.Configuration.GetSection("WebSockets"));
            });

        var options = app.Services.GetRequiredService<IOptions<RawWebSocketOptions>>().Value;
        options.MaxMessageSize.ShouldBe(1000);
        options.ReceiveAheadBytes.ShouldBe(2000);
        options.MaxQueuedBytes.ShouldBe(3000);
        options.SendFragmentSize.ShouldBe(4000);
        options.SendTimeout.ShouldBe(TimeSpan.FromSeconds(45));
        options.KeepAliveInterval.ShouldBe(Timeout.InfiniteTimeSpan);
        options.KeepAliveTimeout.ShouldBe(TimeSpan.FromSeconds(7));
        options.CloseTimeout.ShouldBe(TimeSpan.FromSeconds(90));
        options.Subprotocols.ShouldBe(["v2", "v1"]);
        options.SubprotocolPreference.ShouldBe(SubprotocolPreference.Client);
        options.RequireSubprotocol.ShouldBeTrue();
        options.AllowedOrigins.ShouldBe(["https://a.example", "https://b.example"]);
        options.IdleTimeout.ShouldBe(Timeout.InfiniteTimeSpan);
        options.LifetimeJitter.ShouldBe(0.25);
        options.ExpiredCloseStatus.ShouldBe((WebSocketCloseStatus)4001);
        options.MaxMessagesPerSecond.ShouldBeNull();
        options.Server.MaxConnections.ShouldBe(5);
        options.Server.MaxConnectionsPerUser.ShouldBe(6);
        options.Server.CountLoopback.ShouldBeTrue();
        options.Server.RetryAfter.ShouldBe(TimeSpan.FromSeconds(20));
        options.Server.ShutdownCloseStatus.ShouldBe((WebSocketCloseStatus)1012);
        options.Server.TransportBudget.ShouldBe(2_000_000);
        options.Server.FitKestrelBuffers.ShouldBeFalse();
        options.Server.MaxMemoryLoad.ShouldBe(0.95);

        await using var socket = await app.ConnectAsync("/", request =>
        {
            request.Origin = "https://b.example";
            request.Subprotocols.Add("v1");
            request.Subprotocols.Add("v2");
        });
        socket.Subprotocol.ShouldBe("v1");
        await socket.SendBinaryAsync(new byte[1001]);
        await socket.ExpectCloseAsync(WebSocketCloseStatus.MessageTooBig);
    }

    [Fact]
    public async Task Configuration_and_code_may_both_set_options_and_the_later_counts()
    {
        await using var app = new TestApp(
            app => app.UseRawWebSockets(),
            builder =>
            {
                builder.Configuration.AddInMemoryCollection(
                    [new("WebSockets:MaxMessageSize", "1000"), new("WebSockets:SendFragmentSize", "1000")]);
                builder.Services.AddRawWebSockets(builder.Configuration.GetSection("WebSockets"));
                builder.Services.AddRawWebSockets(options => options.MaxMessageSize = 2000);
            });
        var options = app.Services.GetRequiredService<IOptions<RawWebSocketOptions>>().Value;
        options.MaxMessageSize.ShouldBe(2000);
        options.SendFragmentSize.ShouldBe(1000);
    }

    [Fact]
    public async Task Wrong_options_of_the_application_stop_it_at_its_start_with_every_fault()
    {
        await using var app = new TestApp(
            _ => { },
            builder => builder.Services.AddRawWebSockets(options =>
            {
                options.MaxMessageSize = 0;
                options.AllowedOrigins.Add("https://a.example/");
            }));
        var thrown = Should.Throw<OptionsValidationException>(() => app.Services);
        thrown.Failures.Count().ShouldBe(2);
        thrown.Message.ShouldContain("RawWebSocketOptions.MaxMessageSize is 0; set it to at least 1 byte (default 1048576).");
        thrown.Message.ShouldContain("RawWebSocketOptions.AllowedOrigins[0] is 'https://a.example/'; set it to 'https://a.example'");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Wrong_options_of_an_endpoint_throw_where_it_is_mapped(bool withServices)
    {
        OptionsValidationException? thrown = null;
        await using var app = new TestApp(
            app => thrown = Should.Throw<OptionsValidationException>(
                () => app.MapRawWebSocket("/chat", ScriptedHandler.Echo(), options => options.KeepAliveInterval = TimeSpan.Zero)),
            builder =>
            {
                if (withServices)
                {
                    builder.Services.AddRawWebSockets();
                }
            });
        _ = app.Services;
        thrown.ShouldNotBeNull().OptionsName.ShouldBe("/chat");
        thrown.Message.ShouldStartWith("Endpoint '/chat': RawWebSocketOptions.KeepAliveInterval is 00:00:00; set it to more than zero");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_option_that_all_endpoints_share_cannot_be_set_for_one(bool withServices)
    {
        OptionsValidationException? thrown = null;
        await using var app = new TestApp(
            app =>
            {
                thrown = Should.Throw<OptionsValidationException>(
                    () => app.MapRawWebSocket("/chat", ScriptedHandler.Echo(), options => options.Server.MaxConnections = 5));
                app.MapRawWebSocket("/same", ScriptedHandler.Echo(), options => options.Server.MaxConnections = withServices ? 7 : 100_000);
            },
            builder =>
            {
                if (withServices)
                {
                    builder.Services.AddRawWebSockets(options => options.Server.MaxConnections = 7);
                }
            });
        _ = app.Services;
        thrown.ShouldNotBeNull().Message.ShouldBe(
            $"Endpoint '/chat': RawWebSocketOptions.Server.MaxConnections is 5 for this endpoint and {(withServices ? 7 : 100_000)} "
            + "for the application; all endpoints share it, so set it in AddRawWebSockets only.");
    }

    [Fact]
    public async Task Null_arguments_are_refused_where_they_are_passed()
    {
        await using var app = new TestApp(
            app =>
            {
                Should.Throw<ArgumentNullException>(() => app.MapRawWebSocket("/", (IWebSocketHandler)null!));
                Should.Throw<ArgumentNullException>(() => app.MapRawWebSocket("/", (Func<WebSocketConnection, Task>)null!));
                Should.Throw<ArgumentNullException>(() => ((WebApplication)null!).UseRawWebSockets());
                Should.Throw<ArgumentNullException>(() => ((WebApplication)null!).MapRawWebSocket("/", ScriptedHandler.Echo()));
            },
            builder => Should.Throw<ArgumentNullException>(() => builder.Services.AddRawWebSockets((IConfiguration)null!)));
        _ = app.Services;
    }
}
