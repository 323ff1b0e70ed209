using System.Net;

namespace RawWebSocket.Testing.Handshakes;

/// <summary>The client's side of RFC 6455 section 4.1, within the time limit.</summary>
internal static class OpeningHandshake
{
    /// <exception cref="HandshakeRefusedException">The answer was not 101.</exception>
    /// <exception cref="ServerViolationException">The answer was 101 and not as it has to be.</exception>
    public static async Task<TestWebSocket> ConnectAsync(
        IConnector connector, Uri uri, Action<TestWebSocketOptions>? configure, CancellationToken cancellationToken)
    {
        var options = OptionsFor(uri, configure);
        var answer = await AskAsync(connector, uri, options, cancellationToken).ConfigureAwait(false);
        if (answer.Transport is not { } transport)
        {
            throw new HandshakeRefusedException(uri, RefusalOf(answer));
        }

        try
        {
            HandshakeRules.Check(options.Headers, answer.Headers);
            return new TestWebSocket(transport, answer.Headers, options);
        }
        catch
        {
            transport.Dispose();
            throw;
        }
    }

    public static async Task<HandshakeRefusal> ExpectRefusalAsync(
        IConnector connector, Uri uri, Action<TestWebSocketOptions>? configure, CancellationToken cancellationToken)
    {
        var options = OptionsFor(uri, configure);
        var answer = await AskAsync(connector, uri, options, cancellationToken).ConfigureAwait(false);
        if (answer.Transport is { } transport)
        {
            transport.Dispose();
            throw new ExpectationFailedException(
                $"Expected the server to refuse the opening handshake for {uri.PathAndQuery}, but it accepted with {RefusalOf(answer)}");
        }

        return RefusalOf(answer);
    }

    private static TestWebSocketOptions OptionsFor(Uri uri, Action<TestWebSocketOptions>? configure)
    {
        var options = new TestWebSocketOptions(uri);
        configure?.Invoke(options);
        options.Complete();
        return options;
    }

    private static HandshakeRefusal RefusalOf(HandshakeAnswer answer) =>
        new((HttpStatusCode)answer.StatusCode, answer.Headers, answer.Body);

    private static async Task<HandshakeAnswer> AskAsync(
        IConnector connector, Uri uri, TestWebSocketOptions options, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeLimit.Of(options.Timeout));
        try
        {
            return await connector.OpenAsync(uri, options, limit.Token).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            throw new ExpectationFailedException(
                $"The server dropped the connection before it had answered the opening handshake for {uri.PathAndQuery}.", exception);
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var waited = TimeLimit.InWords(options.Timeout);
            throw new ExpectationFailedException(
                $"The server did not answer the opening handshake for {uri.PathAndQuery} within {waited}.", exception);
        }
    }
}
