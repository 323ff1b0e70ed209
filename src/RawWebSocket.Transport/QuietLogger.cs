using Microsoft.Extensions.Logging;

namespace RawWebSocket.Transport;

/// <summary>
/// A logger that throws nothing. It is called on the loops and in the middle of a connection's end, where an exception would end the process or
/// leave the connection for ever.
/// </summary>
/// <param name="logger">The host's.</param>
internal sealed class QuietLogger(ILogger logger) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

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
            logger.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            // It was the logger that threw; there is nobody left to tell.
        }
    }
}
