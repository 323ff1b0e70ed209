using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace RawWebSocket.Transport.Tests.Kit;

internal sealed record LogEntry(string Category, LogLevel Level, int EventId, string Message, Exception? Exception)
{
    public bool IsOurs => Category.StartsWith("RawWebSocket.Transport", StringComparison.Ordinal);
}

/// <summary>Keeps every log message of a server.</summary>
internal sealed class RecordedLog : ILoggerProvider
{
    private readonly ConcurrentQueue<LogEntry> _entries = new();

    public IEnumerable<LogEntry> Entries => _entries;

    /// <summary>How many of the transport's own messages there are.</summary>
    public int Count(int eventId) => _entries.Count(entry => entry.IsOurs && entry.EventId == eventId);

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _entries);

    public void Dispose()
    {
    }

    private sealed class Logger(string category, ConcurrentQueue<LogEntry> entries) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            entries.Enqueue(new LogEntry(category, logLevel, eventId.Id, formatter(state, exception), exception));
    }
}
