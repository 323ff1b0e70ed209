using Microsoft.Extensions.Logging;

namespace RawWebSocket.Integration.Tests.Kit;

internal sealed record LogEntry(string Category, LogLevel Level, int EventId, string Message, Exception? Exception)
{
    public bool IsOurs => Category == "RawWebSocket";
}

/// <summary>Keeps every log message of an application.</summary>
internal sealed class RecordedLog : ILoggerProvider
{
    public Recorder<LogEntry> Entries { get; } = new();

    /// <summary>What should not be there when everything is ordinary.</summary>
    public IEnumerable<LogEntry> Problems => Entries.Where(entry => entry.Level >= LogLevel.Warning && !IsHarmless(entry));

    /// <summary>Waits for one of RawWebSocket's own messages.</summary>
    public Task<LogEntry> FirstAsync(int eventId) => Entries.FirstAsync(entry => entry.IsOurs && entry.EventId == eventId);

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, Entries);

    public void Dispose()
    {
    }

    // The host's own remarks about a test's surroundings.
    private static bool IsHarmless(LogEntry entry) =>
        entry.Category.StartsWith("Microsoft.AspNetCore.DataProtection", StringComparison.Ordinal)
        || entry.Category.StartsWith("Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServer", StringComparison.Ordinal)
        || entry.Category.StartsWith("Microsoft.AspNetCore.Hosting", StringComparison.Ordinal);

    private sealed class Logger(string category, Recorder<LogEntry> entries) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            entries.Add(new LogEntry(category, logLevel, eventId.Id, formatter(state, exception), exception));
    }
}
