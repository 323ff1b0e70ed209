using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace RawWebSocket.Integration.Tests.Observing;

/// <summary>A log that fails is no fault of a connection's.</summary>
public class ThrowingLoggerTests
{
    [Theory, InMemoryAndOverKestrel]
    public async Task Connections_open_echo_and_end_as_if_it_did_not_and_none_stays_counted(ServerKind kind)
    {
        var handler = ScriptedHandler.Echo();
        await using var app = Start(handler, kind);
        using var metrics = new RecordedMetrics(app);
        await using (var socket = await app.ConnectAsync())
        {
            await socket.SendTextAsync("fine");
            await socket.ExpectTextAsync("fine");
            await metrics.ActiveAsync(1);
            await socket.CloseAsync((WebSocketCloseStatus)4000, "a reason");
        }

        (await handler.Closed).Code.ShouldBe((WebSocketCloseStatus)4000);
        await metrics.ActiveAsync(0);
        await metrics.SumAsync("rawwebsocket.connections.closed", 1, "rawwebsocket.close_code=4xxx");
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_handler_that_throws_is_answered_with_1011_all_the_same(ServerKind kind)
    {
        var handler = new ScriptedHandler { WhenMessage = (_, _) => throw new InvalidOperationException("on purpose") };
        await using var app = Start(handler, kind);
        using var metrics = new RecordedMetrics(app);
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("go");
        await socket.ExpectCloseAsync(WebSocketCloseStatus.InternalServerError);
        await handler.Closed;
        await metrics.ActiveAsync(0);
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_refusal_still_says_why(ServerKind kind)
    {
        await using var app = Start(new ScriptedHandler(), kind);
        (await app.ExpectRefusalAsync("/", options => options.Origin = "https://elsewhere.example"))
            .StatusCode.ShouldBe(System.Net.HttpStatusCode.Forbidden);
        (await app.ExpectRefusalAsync("/nowhere")).Body.ShouldContain("No WebSocket endpoint");
    }

    private static TestApp Start(IWebSocketHandler handler, ServerKind kind) => TestApp.With(
        handler,
        services: builder => builder.Services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(new ThrowingFactory())),
        kind: kind);

    /// <summary>Whose loggers throw for this library's category.</summary>
    private sealed class ThrowingFactory : ILoggerFactory
    {
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => categoryName == "RawWebSocket"
            ? new ThrowingLogger()
            : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public void Dispose()
        {
        }
    }

    private sealed class ThrowingLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => throw new IOException("The disk is full.");

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new IOException("The disk is full.");
    }
}
