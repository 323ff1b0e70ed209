using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace RawWebSocket.Transport.Tests.Hazards;

public sealed class ThrowingLoggerTests
{
    [Fact]
    public async Task A_logger_that_throws_keeps_no_connection_and_ends_no_process()
    {
        var started = new TaskCompletionSource();
        var aborted = new TaskCompletionSource();
        await using var server = await Server.StartAsync(
            TransportKind.Epoll,
            app => app.Run(async context =>
            {
                if (context.Request.Path == "/waits")
                {
                    using var _ = context.RequestAborted.Register(() => aborted.TrySetResult());
                    started.TrySetResult();
                    await aborted.Task;
                }
                else
                {
                    await context.Response.WriteAsync("served");
                }
            }),
            host: builder => builder.Logging.AddProvider(new ThrowingProvider()));
        using (var client = new TcpClient())
        {
            await client.ConnectAsync("127.0.0.1", server.Port);
            await client.GetStream().WriteAsync("GET /waits HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
            await started.Task.Within();
            client.LingerState = new(enable: true, seconds: 0);
        }

        await aborted.Task.Within();
        using var http = new HttpClient();
        (await http.GetStringAsync(server.Address).Within()).ShouldBe("served");
    }

    // Only for the transport: what Kestrel's own code does with such a logger is its affair.
    private sealed class ThrowingProvider : ILoggerProvider, ILogger
    {
        private static readonly ILogger Silent = Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public ILogger CreateLogger(string categoryName) =>
            categoryName.StartsWith("RawWebSocket.Transport", StringComparison.Ordinal) ? this : Silent;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("The disk is full.");

        public void Dispose()
        {
        }
    }
}
