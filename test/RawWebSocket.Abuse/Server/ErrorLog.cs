using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace RawWebSocket.Abuse.Server;

/// <summary>Counts log entries of level Error and above and keeps the first few: no client may cause one.</summary>
internal sealed class ErrorLog : ILoggerProvider, ILogger
{
    private const int Kept = 5;

    private readonly ConcurrentQueue<string> _first = new();
    private long _count;

    public long Count => Volatile.Read(ref _count);

    public string[] First => [.. _first];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel) && Interlocked.Increment(ref _count) <= Kept)
        {
            _first.Enqueue($"{formatter(state, exception)} {exception}");
        }
    }

    public void Dispose()
    {
        // Nothing is held.
    }
}
