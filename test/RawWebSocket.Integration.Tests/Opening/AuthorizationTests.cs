using System.Net;

namespace RawWebSocket.Integration.Tests.Opening;

public class AuthorizationTests
{
    [Theory, InMemoryAndOverKestrel]
    public async Task Nobody_in_particular_is_refused_with_401(ServerKind kind)
    {
        await using var app = Start(kind);
        var refusal = await app.ExpectRefusalAsync("/members");
        refusal.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task Somebody_without_the_role_is_refused_with_403(ServerKind kind)
    {
        await using var app = Start(kind);
        var refusal = await app.ExpectRefusalAsync("/admins", options => options.Headers[TestAuthentication.Header] = "ada,member");
        refusal.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task Somebody_with_the_role_is_let_in_and_known_by_name(ServerKind kind)
    {
        await using var app = Start(kind);
        await using var socket = await app.ConnectAsync("/admins", options => options.Headers[TestAuthentication.Header] = "ada,admin");
        await socket.ExpectTextAsync("ada, True, Test");
        await socket.CloseAsync();
    }

    [Fact]
    public async Task An_endpoint_without_requirements_takes_anybody_and_still_knows_the_user()
    {
        await using var app = Start(ServerKind.InMemory);
        await using var nobody = await app.ConnectAsync("/anybody");
        await nobody.ExpectTextAsync(", False, ");
        await using var somebody = await app.ConnectAsync("/anybody", options => options.Headers[TestAuthentication.Header] = "grace");
        await somebody.ExpectTextAsync("grace, True, Test");
    }

    [Fact]
    public async Task A_refused_connection_never_reaches_the_handler()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.Mapping(
            routes => routes.MapRawWebSocket("/", handler).RequireAuthorization(),
            builder => TestAuthentication.AddTo(builder.Services));
        await app.ExpectRefusalAsync();
        handler.Calls.ShouldBeEmpty();
        app.Groups.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task Authorization_comes_before_the_handshake_is_judged()
    {
        await using var app = Start(ServerKind.InMemory);
        using var client = app.CreateClient();
        using var plain = await client.GetAsync("/members");
        plain.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_group_of_routes_passes_its_requirements_on()
    {
        await using var app = TestApp.Mapping(
            routes => routes.MapGroup("/inner").RequireAuthorization().MapRawWebSocket("/echo", ScriptedHandler.Echo()),
            builder => TestAuthentication.AddTo(builder.Services));
        (await app.ExpectRefusalAsync("/inner/echo")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await using var socket = await app.ConnectAsync("/inner/echo", options => options.Headers[TestAuthentication.Header] = "ada");
        await socket.SendTextAsync("in");
        await socket.ExpectTextAsync("in");
    }

    private static TestApp Start(ServerKind kind) => TestApp.Mapping(
        routes =>
        {
            routes.MapRawWebSocket("/anybody", TellAsync);
            routes.MapRawWebSocket("/members", TellAsync).RequireAuthorization();
            routes.MapRawWebSocket("/admins", TellAsync).RequireAuthorization(policy => policy.RequireRole("admin"));
        },
        builder => TestAuthentication.AddTo(builder.Services),
        kind);

    private static async Task TellAsync(WebSocketConnection connection)
    {
        var identity = connection.Request.User.Identity;
        await connection.SendTextAsync($"{identity?.Name}, {identity?.IsAuthenticated ?? false}, {identity?.AuthenticationType}");
        await connection.ReceiveAsync();
    }
}
