using Microsoft.Extensions.Logging;

namespace RawWebSocket.Diagnostics;

/// <summary>Every log message, category <c>RawWebSocket</c>. None at Information carries what a peer has sent but the path it asked for.</summary>
internal static partial class Log
{
    public const string Category = "RawWebSocket";

    [LoggerMessage(1, LogLevel.Information, "WebSocket {ConnectionId} opened at {Path}, subprotocol {Subprotocol}.")]
    public static partial void Opened(ILogger logger, string connectionId, string? path, string subprotocol);

    [LoggerMessage(2, LogLevel.Information, "WebSocket {ConnectionId} closed with {Code} by {ClosedBy}.")]
    public static partial void Closed(ILogger logger, string connectionId, int code, ClosedBy closedBy);

    [LoggerMessage(3, LogLevel.Information, "WebSocket handshake at {Path} refused with {StatusCode}: {Reason}")]
    public static partial void Refused(ILogger logger, string? path, int statusCode, string reason);

    [LoggerMessage(4, LogLevel.Information, "WebSocket {ConnectionId} failed with {Code}: {Reason}")]
    public static partial void Failed(ILogger logger, string connectionId, int code, string reason);

    [LoggerMessage(5, LogLevel.Error, "The application's handler of WebSocket {ConnectionId} threw.")]
    public static partial void HandlerFailed(ILogger logger, string connectionId, Exception exception);

    [LoggerMessage(6, LogLevel.Information, "WebSocket {ConnectionId} did not answer a keep-alive ping within {Timeout}; it is aborted.")]
    public static partial void KeepAliveTimedOut(ILogger logger, string connectionId, TimeSpan timeout);

    [LoggerMessage(7, LogLevel.Warning, "WebSocket {ConnectionId} does not read: over {Bytes} bytes of broadcasts wait for it; it is aborted.")]
    public static partial void SendQueueOverflowed(ILogger logger, string connectionId, int bytes);

    [LoggerMessage(8, LogLevel.Information, "The application is stopping: {Count} WebSockets are closed with 1001.")]
    public static partial void Stopping(ILogger logger, int count);

    [LoggerMessage(9, LogLevel.Warning, "A request for a WebSocket at {Path} reached no WebSocket endpoint. Is one mapped there with MapRawWebSocket?")]
    public static partial void NoEndpoint(ILogger logger, string? path);

    [LoggerMessage(10, LogLevel.Debug, "WebSocket {ConnectionId} closed for the reason '{Reason}'.")]
    public static partial void CloseReason(ILogger logger, string connectionId, string reason);

    [LoggerMessage(11, LogLevel.Error, "Reading WebSocket {ConnectionId} failed unexpectedly; it is aborted.")]
    public static partial void ReceiveFailed(ILogger logger, string connectionId, Exception exception);

    [LoggerMessage(12, LogLevel.Error, "Writing to WebSocket {ConnectionId} failed; it is aborted.")]
    public static partial void WriteFailed(ILogger logger, string connectionId, Exception exception);

    [LoggerMessage(13, LogLevel.Error, "Looking at the time limits of WebSocket {ConnectionId} failed.")]
    public static partial void HeartbeatFailed(ILogger logger, string connectionId, Exception exception);

    [LoggerMessage(14, LogLevel.Information, "WebSocket {ConnectionId} did not read for {Timeout} while something was sent to it; it is aborted.")]
    public static partial void SendTimedOut(ILogger logger, string connectionId, TimeSpan timeout);
}
