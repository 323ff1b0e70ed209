using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace RawWebSocket.Integration.Tests.Opening;

/// <summary>What is mistyped in the configuration is told at the start: where it stands, what was meant and what may stand there.</summary>
public class ConfigurationTests
{
    [Theory]
    [InlineData("MaxMesageSize", "5", "WebSockets:MaxMesageSize is no option; did you mean MaxMessageSize?")]
    [InlineData("Server:MaxConection", "5", "WebSockets:Server:MaxConection is no option; did you mean Server:MaxConnections?")]
    [InlineData("MaxConnectionsPerUser", "5", "WebSockets:MaxConnectionsPerUser is no option; did you mean Server:MaxConnectionsPerUser?")]
    [InlineData("Server:MaxMessageSize", "5", "WebSockets:Server:MaxMessageSize is no option; did you mean MaxMessageSize?")]
    [InlineData("Sever:MaxConnections", "5", "WebSockets:Sever is no option; did you mean Server?")]
    [InlineData("Compresion:Mode", "Off", "WebSockets:Compresion is no option; did you mean Compression?")]
    [InlineData("AllowedOrigin:0", "https://a.example", "WebSockets:AllowedOrigin is no option; did you mean AllowedOrigins?")]
    [InlineData("Server:Colour", "red", "WebSockets:Server:Colour is no option; in WebSockets:Server there are BlockingTime, CountLoopback, FitKestrelBuffers, ")]
    [InlineData("IsOriginAllowed", "true", "WebSockets:IsOriginAllowed is 'true'; set it in code, since no text can say it.")]
    public async Task A_key_that_is_no_option(string key, string value, string message) => await ShouldFailAsync(key, value, message);

    [Theory]
    [InlineData(
        "SlowReaderPolicy", "DropOldst",
        "WebSockets:SlowReaderPolicy is 'DropOldst'; did you mean DropOldest? Set it to one of Close, DropNewest, DropOldest, Wait.")]
    [InlineData(
        "Compression:Mode", "Sharde",
        "WebSockets:Compression:Mode is 'Sharde'; did you mean Shared? Set it to one of Off, Shared, Dedicated, Adaptive.")]
    [InlineData("RateLimitAction", "Explode", "WebSockets:RateLimitAction is 'Explode'; set it to one of HoldBack, Close.")]
    [InlineData("Server:ShutdownCloseStatus", "Restart", "WebSockets:Server:ShutdownCloseStatus is 'Restart'; set it to one of ")]
    public async Task A_name_that_is_no_choice(string key, string value, string message) => await ShouldFailAsync(key, value, message);

    [Theory]
    [InlineData("MaxMessageSize", "1MB", "WebSockets:MaxMessageSize is '1MB'; set it to a whole number, such as 1048576 (default).")]
    [InlineData("MaxMessageSize", "9999999999", "WebSockets:MaxMessageSize is '9999999999'; set it to a whole number of at most 2147483647, such as")]
    [InlineData("Server:MaxConnections", "many", "WebSockets:Server:MaxConnections is 'many'; set it to a whole number, such as 100000 (default)")]
    [InlineData("Server:MemoryBudget", "1G", "WebSockets:Server:MemoryBudget is '1G'; set it to a whole number")]
    [InlineData("LifetimeJitter", "a tenth", "WebSockets:LifetimeJitter is 'a tenth'; set it to a number, such as 0.1 (default).")]
    [InlineData("CloseTimeout", "soon", "WebSockets:CloseTimeout is 'soon'; set it to a time as hours:minutes:seconds, such as 00:00:05 (default).")]
    [InlineData("KeepAliveInterval", "30s", "WebSockets:KeepAliveInterval is '30s'; set it to a time as hours:minutes:seconds, such as 00:00:30 (default).")]
    [InlineData("RequireSubprotocol", "yes", "WebSockets:RequireSubprotocol is 'yes'; set it to true or false (default).")]
    [InlineData("MaxMessagesPerSecond", "", "WebSockets:MaxMessagesPerSecond is ''; set it to a whole number, such as 100000 (default).")]
    [InlineData("AllowedOrigins", "https://a.example", "WebSockets:AllowedOrigins is 'https://a.example'; it is a list, so set WebSockets:AllowedOrigins:0 and so on.")]
    [InlineData("AllowedOrigins:0:Name", "https://a.example", "WebSockets:AllowedOrigins:0 has settings below it, and needs a value.")]
    [InlineData("MaxMessageSize:Bytes", "5", "WebSockets:MaxMessageSize has settings below it, and needs a value.")]
    [InlineData("Server", "5", "WebSockets:Server is '5'; it has settings below it, such as WebSockets:Server:BlockingTime.")]
    public async Task A_value_that_cannot_be_read(string key, string value, string message) => await ShouldFailAsync(key, value, message);

    [Fact]
    public async Task Options_at_the_root_of_a_configuration_are_told_of_without_a_path()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("MaxMesageSize", "5"), new("Colour", "red")]).Build();
        await using var app = new TestApp(_ => { }, builder => builder.Services.AddRawWebSockets(configuration));
        var failures = Should.Throw<OptionsValidationException>(() => app.Services).Failures.ToList();
        failures[0].ShouldStartWith("Colour is no option; there are AllowAnyOrigin, AllowedOrigins, ");
        failures[1].ShouldBe("MaxMesageSize is no option; did you mean MaxMessageSize?");
    }

    [Fact]
    public async Task Everything_is_told_at_once()
    {
        var thrown = await StartAsync(("MaxMesageSize", "5"), ("Server:MaxConnections", "many"), ("SlowReaderPolicy", "Dorp"));
        thrown.Failures.Count().ShouldBe(3);
    }

    [Fact]
    public async Task What_the_binder_takes_is_taken()
    {
        await using var app = Configured(
            ("maxmessagesize", "1000"),
            ("SLOWREADERPOLICY", "dropoldest"),
            ("ExpiredCloseStatus", "4001"),
            ("MaxMessagesPerSecond", null),
            ("LowQueuedBytes", null),
            ("Subprotocols", ""),
            ("Compression", null),
            ("RequireSubprotocol", "False"),
            ("IdleTimeout", "1.00:00:00"),
            ("LifetimeJitter", "1e-1"));
        var options = app.Services.GetRequiredService<IOptions<RawWebSocketOptions>>().Value;
        options.MaxMessageSize.ShouldBe(1000);
        options.SlowReaderPolicy.ShouldBe(SlowReaderPolicy.DropOldest);
        options.ExpiredCloseStatus.ShouldBe((WebSocketCloseStatus)4001);
        options.MaxMessagesPerSecond.ShouldBeNull();
        options.IdleTimeout.ShouldBe(TimeSpan.FromDays(1));
    }

    private static async Task ShouldFailAsync(string key, string value, string message)
    {
        var failure = (await StartAsync((key, value))).Failures.ShouldHaveSingleItem();
        failure.ShouldStartWith(message);
    }

    private static async Task<OptionsValidationException> StartAsync(params (string Key, string? Value)[] settings)
    {
        await using var app = Configured(settings);
        return Should.Throw<OptionsValidationException>(() => app.Services);
    }

    private static TestApp Configured(params (string Key, string? Value)[] settings) => new(
        _ => { },
        builder =>
        {
            builder.Configuration.AddInMemoryCollection(
                settings.Select(setting => new KeyValuePair<string, string?>($"WebSockets:{setting.Key}", setting.Value)));
            builder.Services.AddRawWebSockets(builder.Configuration.GetSection("WebSockets"));
        });
}
