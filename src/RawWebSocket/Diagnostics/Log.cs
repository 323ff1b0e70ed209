using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace RawWebSocket.Diagnostics;

/// <summary>
/// Every log message, category <c>RawWebSocket</c>. None at Information carries what a peer has sent but the path it asked for.
/// </summary>
/// <remarks>
/// A peer's words must not make a second line of a log. Whatever holds them is made plain before it becomes a value of a message: paths are
/// escaped as in an address, as a <see cref="PathString"/> is when it becomes a string; what is wrong with a request is quoted by the
/// handshake; reasons pass <see cref="OneLine"/>; and exceptions pass <see cref="PlainLogger"/>, through which everything is logged.
/// </remarks>
internal static partial class Log
{
    public const string Category = "RawWebSocket";

    [LoggerMessage(
        1, LogLevel.Information, "WebSocket {ConnectionId} opened at {Path}, subprotocol {Subprotocol}, extensions {Extensions}.")]
    public static partial void Opened(ILogger logger, string connectionId, string? path, string subprotocol, string extensions);

    /// <summary>The one line about a connection's end. The peer's own words are left to <see cref="CloseReason"/>.</summary>
    public static void Closed(ILogger logger, string connectionId, string? path, WebSocketClosure closure)
    {
        if (!logger.IsEnabled(LogLevel.Information))
        {
            return;
        }

        Closed(
            logger,
            connectionId,
            path,
            (int)closure.Code,
            closure.By.Tag(),
            ReasonOf(closure),
            closure.Lifetime,
            closure.Limit?.Tag() ?? "none",
            CodeOf(closure.Sent),
            CodeOf(closure.Received),
            closure.MessagesReceived,
            closure.BytesReceived,
            closure.MessagesSent,
            closure.BytesSent,
            closure.MessagesDropped,
            closure.LastRoundTrip?.ToString("c", CultureInfo.InvariantCulture) ?? "unknown");
    }

    private static string ReasonOf(WebSocketClosure closure) =>
        string.IsNullOrEmpty(closure.Reason) ? "No reason was given."
        : closure.By == ClosedBy.Peer ? "Its reason is logged at Debug."
        : OneLine(closure.Reason);

    private static string CodeOf(WebSocketCloseFrame? frame) =>
        frame is { Code: var code } ? ((int)code).ToString(CultureInfo.InvariantCulture) : "none";

    [LoggerMessage(
        2,
        LogLevel.Information,
        "WebSocket {ConnectionId} at {Path} closed with {Code} by {ClosedBy} after {Lifetime}. {Reason} (limit {Limit}; "
        + "close frames sent {SentCode}, received {ReceivedCode}; in {MessagesReceived} messages, {BytesReceived} bytes; "
        + "out {MessagesSent} messages, {BytesSent} bytes, {MessagesDropped} messages dropped; last round trip {LastRoundTrip})")]
    private static partial void Closed(
        ILogger logger,
        string connectionId,
        string? path,
        int code,
        string closedBy,
        string reason,
        TimeSpan lifetime,
        string limit,
        string sentCode,
        string receivedCode,
        long messagesReceived,
        long bytesReceived,
        long messagesSent,
        long bytesSent,
        long messagesDropped,
        string lastRoundTrip);

    [LoggerMessage(3, LogLevel.Information, "WebSocket handshake at {Path} refused with {StatusCode}: {Reason}")]
    public static partial void Refused(ILogger logger, string? path, int statusCode, string reason);

    [LoggerMessage(5, LogLevel.Error, "The application's handler of WebSocket {ConnectionId} threw.")]
    public static partial void HandlerFailed(ILogger logger, string connectionId, Exception exception);

    [LoggerMessage(8, LogLevel.Information, "The application is stopping: {Count} WebSockets are closed with {Code}.")]
    public static partial void Stopping(ILogger logger, int count, int code);

    [LoggerMessage(
        9,
        LogLevel.Warning,
        "A request for a WebSocket at {Path} reached no WebSocket endpoint. Is one mapped there with MapRawWebSocket?")]
    public static partial void NoEndpoint(ILogger logger, string? path);

    /// <summary>The peer's own words about a connection's end.</summary>
    public static void CloseReason(ILogger logger, string connectionId, string reason)
    {
        if (logger.IsEnabled(LogLevel.Debug))
        {
            CloseReasonOnOneLine(logger, connectionId, OneLine(reason));
        }
    }

    [LoggerMessage(10, LogLevel.Debug, "WebSocket {ConnectionId} closed for the reason '{Reason}'.", SkipEnabledCheck = true)]
    private static partial void CloseReasonOnOneLine(ILogger logger, string connectionId, string reason);

    [LoggerMessage(11, LogLevel.Error, "Reading WebSocket {ConnectionId} failed unexpectedly; it is aborted.")]
    public static partial void ReceiveFailed(ILogger logger, string connectionId, Exception exception);

    [LoggerMessage(12, LogLevel.Error, "Writing to WebSocket {ConnectionId} failed; it is aborted.")]
    public static partial void WriteFailed(ILogger logger, string connectionId, Exception exception);

    [LoggerMessage(13, LogLevel.Error, "Looking at the time limits of WebSocket {ConnectionId} failed.")]
    public static partial void HeartbeatFailed(ILogger logger, string connectionId, Exception exception);

    [LoggerMessage(
        20, LogLevel.Information, "The answer to the WebSocket handshake at {Path} could not be sent within {Timeout}; it is aborted.")]
    public static partial void HandshakeTimedOut(ILogger logger, string? path, TimeSpan timeout);

    [LoggerMessage(
        40,
        LogLevel.Warning,
        "Whether the WebSocket handshake at {Path} has renewed its cookie could not be found out; the connection ends when the ticket "
        + "expires that it came with.")]
    public static partial void RenewalUnknown(ILogger logger, string? path, Exception exception);

    [LoggerMessage(
        21,
        LogLevel.Warning,
        "A WebSocket was refused for the number of connections from {Address}, and its request was forwarded: is that a proxy's address? "
        + "Call app.UseForwardedHeaders() first, so that clients are counted by their own.")]
    public static partial void AddressOfProxy(ILogger logger, IPAddress? address);

    [LoggerMessage(
        15,
        LogLevel.Warning,
        "The memory budget of {Budget} bytes was exceeded: {Count} WebSockets that held {Bytes} bytes of messages are aborted.")]
    public static partial void MemoryShed(ILogger logger, long budget, int count, long bytes);

    [LoggerMessage(
        22,
        LogLevel.Warning,
        "The WebSocket endpoint '{Pattern}' kept a thread that polls sockets for {Elapsed}, for the second time within a minute, and everyone "
        + "whom that thread serves waited. "
        + "From now on it runs on the thread pool. Await what takes long, or move it away with Task.Run; "
        + "if the processors were merely overloaded, raise Server.BlockingTime.")]
    public static partial void EndpointBlocks(ILogger logger, string pattern, TimeSpan elapsed);


    [LoggerMessage(
        25,
        LogLevel.Warning,
        "Memory is short, and new WebSockets are refused: {Heap} bytes of the {MaxHeap} that the managed heap may have are used, and the "
        + "process holds {Own} bytes in all. Allowed is {MaxLoad:P0} of the heap (MaxMemoryLoad).")]
    public static partial void MemoryShort(ILogger logger, long heap, long maxHeap, long own, double maxLoad);

    [LoggerMessage(
        26,
        LogLevel.Warning,
        "The transport budget of {Budget} bytes was exceeded: {Count} WebSockets for which the server's buffers held {Bytes} bytes are "
        + "aborted.")]
    public static partial void TransportShed(ILogger logger, long budget, int count, long bytes);

    [LoggerMessage(
        27,
        LogLevel.Error,
        "A listener of the meter RawWebSocket threw. Connections go on, but its figures are wrong. This is logged once.")]
    public static partial void MetricsListenerFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        30,
        LogLevel.Warning,
        "OnStopping of the WebSocket endpoint '{Pattern}' holds up the stop of the application: after {Elapsed} it had not come to its end for "
        + "{Count} WebSockets, which are closed without waiting for it any longer. It must not block.")]
    public static partial void OnStoppingHoldsUp(ILogger logger, string pattern, TimeSpan elapsed, int count);

    [LoggerMessage(
        31,
        LogLevel.Warning,
        "The WebSocket endpoint '{Pattern}' holds up the stop of the application: after {Elapsed} {Count} of its WebSockets were still there, and "
        + "are aborted. Of these {Closed} were closed, but their delegate or handler had not ended: let it end when Stopping or Closed is "
        + "cancelled.")]
    public static partial void EndpointHoldsUp(ILogger logger, string pattern, TimeSpan elapsed, int count, int closed);

    /// <summary>The text with nothing in it that begins a line, moves a cursor or hides what follows.</summary>
    public static string OneLine(string text) => IsOneLine(text) ? text : string.Create(text.Length, text, static (line, text) =>
    {
        for (var i = 0; i < line.Length; i++)
        {
            line[i] = IsControl(text[i]) ? '?' : text[i];
        }
    });

    /// <summary>Whether <see cref="OneLine"/> would leave the text as it is.</summary>
    public static bool IsOneLine(string text)
    {
        foreach (var character in text)
        {
            if (IsControl(character))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsControl(char character) => CharUnicodeInfo.GetUnicodeCategory(character)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
