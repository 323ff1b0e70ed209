namespace RawWebSocket.Integration.Tests.Opening;

/// <summary>What clients that are no browsers send as their origin.</summary>
public class OriginTests
{
    [Theory]
    [InlineData("file://")]
    [InlineData("null")]
    [InlineData("localhost:8080")]
    [InlineData("https://app.example/path")]
    [InlineData("wss://device.example")]
    [InlineData("ionic://localhost")]
    public async Task The_application_is_asked_about_an_origin_of_any_form(string origin)
    {
        var asked = new Recorder<string>();
        await using var app = TestApp.With(
            ScriptedHandler.Echo(),
            options => options.IsOriginAllowed = (context, origin) =>
            {
                asked.Add(origin);
                return !context.Request.Query.ContainsKey("no");
            },
            kind: ServerKind.Kestrel);
        await using var socket = await app.ConnectAsync("/", options => options.Origin = origin);
        await socket.SendTextAsync("in");
        await socket.ExpectTextAsync("in");
        await app.ExpectRefusalAsync("/?no", options => options.Origin = origin);
        asked.ShouldBe([origin, origin]);
    }

    [Fact]
    public async Task A_native_client_whose_origin_is_the_servers_address_can_be_listed()
    {
        await using var app = TestApp.With(
            ScriptedHandler.Echo(), options => options.AllowedOrigins.Add("wss://device.example"), kind: ServerKind.Kestrel);
        await using var socket = await app.ConnectAsync("/", options => options.Origin = "wss://device.example:443");
        await socket.CloseAsync();
        await app.ExpectRefusalAsync("/", options => options.Origin = "https://device.example");
    }

    [Fact]
    public async Task A_host_that_is_not_the_servers_is_refused_where_allowed_hosts_are_named()
    {
        await using var app = TestApp.With(
            ScriptedHandler.Echo(),
            services: builder => builder.Configuration["AllowedHosts"] = "localhost;127.0.0.1",
            kind: ServerKind.Kestrel);
        var refusal = await app.ExpectRefusalAsync("/", options =>
        {
            options.Headers.Host = "evil.example";
            options.Origin = "http://evil.example";
        });
        refusal.StatusCode.ShouldBe(System.Net.HttpStatusCode.BadRequest);
        await using var socket = await app.ConnectAsync();
        await socket.CloseAsync();
    }
}
