using Microsoft.Extensions.Logging;

namespace RawWebSocket.Transport;

/// <summary>Every log message of the transport. None carries what a peer has sent.</summary>
internal static partial class Log
{
    /// <summary>Of listeners and loops.</summary>
    public const string Category = "RawWebSocket.Transport";

    /// <summary>Of single connections.</summary>
    public const string ConnectionCategory = "RawWebSocket.Transport.Connections";

    [LoggerMessage(1, LogLevel.Error, "What was done on an event loop for one connection has failed. That connection is aborted.")]
    public static partial void LoopFault(ILogger logger, Exception exception);

    [LoggerMessage(
        2,
        LogLevel.Warning,
        "No connection can be accepted at {EndPoint}: {Error}. They wait, and are tried again each {Milliseconds} ms. Raise the limit of "
        + "open files (ulimit -n), or lower the number of connections.")]
    public static partial void Shortage(ILogger logger, object endPoint, string error, double milliseconds);

    [LoggerMessage(3, LogLevel.Information, "Connections are accepted again at {EndPoint}.")]
    public static partial void ShortageOver(ILogger logger, object endPoint);

    [LoggerMessage(4, LogLevel.Debug, "The peer of connection {ConnectionId} sends nothing more.")]
    public static partial void PeerFinished(ILogger logger, string connectionId);

    [LoggerMessage(5, LogLevel.Debug, "Connection {ConnectionId} is lost: {Error}")]
    public static partial void Lost(ILogger logger, string connectionId, string error);

    [LoggerMessage(6, LogLevel.Debug, "Connection {ConnectionId} is aborted: {Reason}")]
    public static partial void Aborted(ILogger logger, string connectionId, string reason);

    [LoggerMessage(7, LogLevel.Error, "Something that waits for the end of connection {ConnectionId} has thrown.")]
    public static partial void ClosedCallbackFailed(ILogger logger, Exception exception, string connectionId);

    [LoggerMessage(8, LogLevel.Warning, "The file {Path} of a Unix socket could not be deleted.")]
    public static partial void FileNotDeleted(ILogger logger, Exception exception, string path);

    [LoggerMessage(9, LogLevel.Warning, "A connection was closed because the system refuses to watch it.")]
    public static partial void NotWatched(ILogger logger, Exception exception);

    [LoggerMessage(
        11,
        LogLevel.Information,
        "Code that waited for a connection has kept the thread of an event loop for more than {Milliseconds} ms. The loop goes on with another "
        + "thread, so that other connections are served; this one thread ends when the code comes back.")]
    public static partial void LoopKept(ILogger logger, double milliseconds);

    [LoggerMessage(
        12,
        LogLevel.Warning,
        "UseRawWebSocketTransport was called after the process had used its first socket, too late for inline completions. Call it earlier, "
        + "set DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1 before the process starts, or set Sockets.InlineCompletions to false.")]
    public static partial void InlineCompletionsTooLate(ILogger logger);

    [LoggerMessage(10, LogLevel.Error, "What waited for a connection has thrown on a thread of the pool.")]
    public static partial void PoolFault(ILogger logger, Exception exception);
}
