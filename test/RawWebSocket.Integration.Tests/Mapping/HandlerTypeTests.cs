using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace RawWebSocket.Integration.Tests.Mapping;

public class HandlerTypeTests
{
    [Theory, InMemoryAndOverKestrel]
    public async Task Each_connection_has_a_scope_of_its_own_that_ends_with_it(ServerKind kind)
    {
        var trace = new Recorder<string>();
        await using var app = TestApp.Mapping(routes => routes.MapRawWebSocket<ScopedHandler>("/"), Services(trace), kind);

        await using var first = await app.ConnectAsync();
        await first.SendTextAsync("who");
        var firstName = await first.ExpectTextAsync();
        await first.SendTextAsync("who");
        await first.ExpectTextAsync(firstName);

        await using var second = await app.ConnectAsync();
        await second.SendTextAsync("who");
        (await second.ExpectTextAsync()).ShouldNotBe(firstName);

        trace.ShouldBeEmpty();
        await first.CloseAsync();
        await trace.UntilAsync(lines => lines.Contains($"{firstName} disposed"));
        trace
            .Count(line => line.EndsWith("disposed", StringComparison.Ordinal) && !line.StartsWith("handler", StringComparison.Ordinal))
            .ShouldBe(1);
    }

    [Fact]
    public async Task The_connections_services_are_the_handlers()
    {
        await using var app = TestApp.Mapping(routes => routes.MapRawWebSocket<ScopedHandler>("/"), Services(new()));
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("who");
        var name = await socket.ExpectTextAsync();
        await socket.SendTextAsync("who by connection");
        await socket.ExpectTextAsync(name);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_handler_is_told_that_it_is_closed_then_disposed_then_what_it_was_made_with(bool isRegistered)
    {
        var trace = new Recorder<string>();
        await using var app = TestApp.Mapping(routes => routes.MapRawWebSocket<ScopedHandler>("/"), builder =>
        {
            Services(trace)(builder);
            if (isRegistered)
            {
                builder.Services.AddTransient<ScopedHandler>();
            }
        });
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("who");
        var name = await socket.ExpectTextAsync();
        await socket.CloseAsync();

        await trace.CountAsync(3);
        trace.ShouldBe(["handler closed", "handler disposed", $"{name} disposed"]);
    }

    [Fact]
    public async Task A_handler_registered_as_singleton_is_shared_and_lives_on()
    {
        var trace = new Recorder<string>();
        await using var app = TestApp.Mapping(routes => routes.MapRawWebSocket<SingletonHandler>("/"), builder =>
        {
            builder.Services.AddSingleton(trace);
            builder.Services.AddSingleton<SingletonHandler>();
        });
        await using var first = await app.ConnectAsync();
        await first.CloseAsync();
        await trace.CountAsync(1);
        await using var second = await app.ConnectAsync();
        await second.CloseAsync();
        await trace.CountAsync(2);
        trace.ShouldBe(["closed", "closed"]);
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_handler_that_cannot_be_made_is_a_500_before_the_101(ServerKind kind)
    {
        await using var app = TestApp.Mapping(
            routes =>
            {
                routes.UseExceptionHandler(errors => errors.Run(_ => Task.CompletedTask));
                routes.MapRawWebSocket<UnmakeableHandler>("/");
            },
            Services(new()),
            kind);
        (await app.ExpectRefusalAsync()).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        app.Groups.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_constructors_exception_is_not_hidden_and_what_was_made_for_it_is_disposed()
    {
        var trace = new Recorder<string>();
        await using var app = TestApp.Mapping(routes => routes.MapRawWebSocket<UnmakeableHandler>("/"), Services(trace));
        (await app.ExpectRefusalAsync()).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        app.Log.Problems.ShouldHaveSingleItem().Exception!.Message.ShouldBe("cannot be made");
        await trace.CountAsync(1);
        trace.ShouldHaveSingleItem().ShouldEndWith(" disposed");
    }

    [Fact]
    public async Task A_constructor_that_asks_for_an_unknown_service_is_a_500_too()
    {
        await using var app = TestApp.Mapping(routes => routes.MapRawWebSocket<ScopedHandler>("/"), kind: ServerKind.Kestrel);
        (await app.ExpectRefusalAsync()).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
    }

    [Fact]
    public async Task An_exception_of_dispose_does_not_reach_the_peer()
    {
        await using var app = TestApp.Mapping(routes => routes.MapRawWebSocket<IndisposableHandler>("/"), kind: ServerKind.Kestrel);
        await using var socket = await app.ConnectAsync();
        (await socket.CloseAsync()).Code.ShouldBe(WebSocketCloseStatus.NormalClosure);
    }

    [Fact]
    public async Task An_exception_of_dispose_does_not_keep_the_connections_place()
    {
        var ended = new Recorder<string>();
        await using var app = new TestApp(
            app =>
            {
                app.Use(async (context, next) =>
                {
                    try
                    {
                        await next(context);
                    }
                    finally
                    {
                        ended.Add(context.Request.Path);
                    }
                });
                app.UseRawWebSockets();
                app.MapRawWebSocket<IndisposableHandler>("/");
            },
            builder => builder.Services.AddRawWebSockets(options => options.Server.MaxConnections = 1),
            ServerKind.Kestrel);
        for (var i = 1; i <= 3; i++)
        {
            await using var socket = await app.ConnectAsync();
            await socket.CloseAsync();
            await ended.CountAsync(i);
        }
    }

    private static Action<WebApplicationBuilder> Services(Recorder<string> trace) => builder =>
    {
        builder.Services.AddSingleton(trace);
        builder.Services.AddScoped<Visit>();
    };

    /// <summary>Can only be disposed asynchronously, as many clients of databases.</summary>
    private sealed class Visit(Recorder<string> trace) : IAsyncDisposable
    {
        public string Name { get; } = Guid.NewGuid().ToString();

        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            trace.Add($"{Name} disposed");
        }
    }

    private sealed class ScopedHandler(Visit visit, Recorder<string> trace) : IWebSocketHandler, IAsyncDisposable
    {
        public async ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message) =>
            await connection.SendTextAsync(
                message.Text == "who" ? visit.Name : connection.Services.GetRequiredService<Visit>().Name);

        public ValueTask OnClosedAsync(WebSocketConnection connection, WebSocketClosure closure)
        {
            connection.Services.GetRequiredService<Visit>().ShouldBeSameAs(visit);
            trace.Add("handler closed");
            return ValueTask.CompletedTask;
        }

        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            trace.Add("handler disposed");
        }
    }

    private sealed class SingletonHandler(Recorder<string> trace) : IWebSocketHandler, IDisposable
    {
        public ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message) => ValueTask.CompletedTask;

        public ValueTask OnClosedAsync(WebSocketConnection connection, WebSocketClosure closure)
        {
            trace.Add("closed");
            return ValueTask.CompletedTask;
        }

        public void Dispose() => trace.Add("disposed");
    }

    private sealed class UnmakeableHandler : IWebSocketHandler
    {
        public UnmakeableHandler(Visit visit)
        {
            ArgumentNullException.ThrowIfNull(visit);
            throw new NotSupportedException("cannot be made");
        }

        public ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message) => ValueTask.CompletedTask;
    }

    private sealed class IndisposableHandler : IWebSocketHandler, IDisposable
    {
        public ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message) => ValueTask.CompletedTask;

        public void Dispose() => throw new NotSupportedException("cannot be disposed");
    }
}
