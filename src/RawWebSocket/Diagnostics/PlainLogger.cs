using Microsoft.Extensions.Logging;

namespace RawWebSocket.Diagnostics;

/// <summary>
/// The logger through which everything is logged. A log that fails is no fault of a connection's, so nothing that it throws gets any
/// further; and an exception with a peer's control characters in its message is logged without them.
/// </summary>
internal sealed class PlainLogger(ILogger logger) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        try
        {
            return logger.BeginScope(state);
        }
        catch (Exception)
        {
            return null;
        }
    }

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return logger.IsEnabled(logLevel);
        }
        catch (Exception)
        {
            return false;
        }
    }

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            var plain = PlainException.Of(exception);
            logger.Log(logLevel, eventId, state, plain, formatter);
        }
        catch (Exception)
        {
            // It was the logger that threw; there is nobody left to tell.
        }
    }
}
