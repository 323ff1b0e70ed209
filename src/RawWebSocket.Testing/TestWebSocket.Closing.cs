using System.Net.WebSockets;
using System.Security.Cryptography;

namespace RawWebSocket.Testing;

/// <content>The ways a conversation ends, or stands still.</content>
public sealed partial class TestWebSocket
{
    /// <summary>
    /// Waits for the server's close frame, and answers it unless one was sent or <see cref="TestWebSocketOptions.AutoClose"/> is off.
    /// </summary>
    /// <returns>Its code and reason.</returns>
    /// <exception cref="ExpectationFailedException">Something else came, or nothing within the time limit.</exception>
    /// <exception cref="ServerViolationException">The server sent what RFC 6455 forbids.</exception>
    public Task<TestClose> ExpectCloseAsync() => ExpectCloseAsync("a close frame", close => true);

    /// <summary>Waits for the server's close frame, which must have this code; answers as <see cref="ExpectCloseAsync()"/> does.</summary>
    /// <param name="code">The code; 1005 stands for none.</param>
    /// <param name="reason">The reason; default null: any.</param>
    /// <returns>Its code and reason.</returns>
    /// <exception cref="ExpectationFailedException">Something else came, or nothing within the time limit.</exception>
    /// <exception cref="ServerViolationException">The server sent what RFC 6455 forbids.</exception>
    public Task<TestClose> ExpectCloseAsync(WebSocketCloseStatus code, string? reason = null) => ExpectCloseAsync(
        $"a {TestClose.InWords(code, reason)}", close => close.Code == code && (reason is null || close.Reason == reason));

    /// <inheritdoc cref="ExpectCloseAsync(WebSocketCloseStatus, string)"/>
    public Task<TestClose> ExpectCloseAsync(int code, string? reason = null) => ExpectCloseAsync((WebSocketCloseStatus)code, reason);

    /// <summary>Waits for the server to end the transport, with nothing more before it than pings and pongs.</summary>
    /// <returns>How it was ended.</returns>
    /// <exception cref="ExpectationFailedException">
    /// Something came, the application threw (known in memory only), or the end did not come within the time limit.
    /// </exception>
    /// <exception cref="ServerViolationException">The server sent what RFC 6455 forbids.</exception>
    public async Task<TransportEnd> ExpectEndAsync()
    {
        const string Expected = "the transport to end";
        var next = await NextAsync(Expected, new TimeLimit(Timeout)).ConfigureAwait(false);
        if (!next.IsEnd || _reader.UnfinishedBytes > 0 || _transport.ApplicationException is not null)
        {
            throw Failure(Expected, next.IsEnd ? EndInWords() : next.ToString());
        }

        return _transport.End ?? TransportEnd.Finished;
    }

    /// <summary>
    /// Makes sure that the server has sent nothing: sends a ping, and its pong must be the first to come. Whatever the server sent
    /// before it answered would have come earlier.
    /// </summary>
    /// <exception cref="ExpectationFailedException">Something came before the pong, or no pong within the time limit.</exception>
    /// <exception cref="ServerViolationException">The server sent what RFC 6455 forbids.</exception>
    public async Task ExpectSilenceAsync()
    {
        var ping = TestFrame.Ping(RandomNumberGenerator.GetBytes(8));
        await SendFrameAsync(ping).ConfigureAwait(false);
        await ExpectPongAsync(ping with { Opcode = FrameOpcode.Pong }).ConfigureAwait(false);
    }

    /// <summary>Makes sure that no message, close or end comes before a task has completed. Throws what the task throws.</summary>
    /// <param name="task">The task; it has as long as an expectation.</param>
    /// <exception cref="ExpectationFailedException">Something came, or the task did not complete within the time limit.</exception>
    /// <exception cref="ServerViolationException">The server sent what RFC 6455 forbids.</exception>
    public async Task ExpectSilenceUntilAsync(Task task)
    {
        const string Expected = "nothing until the task completes";
        var limit = new TimeLimit(Timeout);
        using var completed = new CancellationTokenSource();
        var next = NextAsync(Expected, new TimeLimit(System.Threading.Timeout.InfiniteTimeSpan), completed.Token);
        try
        {
            await Task.WhenAny(task, next).WaitAsync(limit.Remaining).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new ExpectationFailedException($"The task did not complete within {TimeLimit.InWords(limit.Limit)}. {_conversation}");
        }
        finally
        {
            await completed.CancelAsync().ConfigureAwait(false);
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!next.IsCanceled)
        {
            throw Failure(Expected, (await next.ConfigureAwait(false)).ToString());
        }

        await task.ConfigureAwait(false);
    }

    /// <summary>
    /// The whole closing handshake (RFC 6455 section 7.1.2): sends a close frame if none was sent, waits for the server's, passing over
    /// messages that were under way, and for the end of the transport.
    /// </summary>
    /// <param name="code">The code; default 1000.</param>
    /// <param name="reason">The reason; default none.</param>
    /// <returns>The server's close.</returns>
    /// <exception cref="ExpectationFailedException">The close or the end did not come within the time limit.</exception>
    /// <exception cref="ServerViolationException">The server sent what RFC 6455 forbids.</exception>
    public async Task<TestClose> CloseAsync(WebSocketCloseStatus code = WebSocketCloseStatus.NormalClosure, string reason = "")
    {
        if (!_closeSent)
        {
            await SendCloseAsync(code, reason).ConfigureAwait(false);
        }

        var limit = new TimeLimit(Timeout);
        while (_closeReceived is null)
        {
            const string Expected = "the server's close frame";
            var next = await NextAsync(Expected, limit).ConfigureAwait(false);
            if (next.IsEnd)
            {
                throw Failure(Expected, EndInWords());
            }
        }

        await ExpectEndAsync().ConfigureAwait(false);
        return _closeReceived;
    }

    private async Task<TestClose> ExpectCloseAsync(string expected, Predicate<TestClose> isExpected)
    {
        var next = await NextAsync(expected, new TimeLimit(Timeout)).ConfigureAwait(false);
        if (next.Close is not { } close || !isExpected(close))
        {
            throw Failure(expected, next.ToString());
        }

        if (_autoClose && !_closeSent)
        {
            var answer = close.Code == WebSocketCloseStatus.Empty ? TestFrame.Close() : TestFrame.Close(close.Code);
            await SendFrameAsync(answer).ConfigureAwait(false);
        }

        return close;
    }
}
