using Microsoft.AspNetCore.Connections;

namespace RawWebSocket.Testing.Transports;

/// <summary>The client's end of a connection in memory.</summary>
internal sealed class MemoryTransport : Transport
{
    private readonly MemoryConnection _connection;
    private Exception? _applicationException;

    /// <param name="connection">The connection; it has been upgraded.</param>
    /// <param name="responseBody">TestServer's response body: ends when the request delegate returns, and throws what that threw.</param>
    public MemoryTransport(MemoryConnection connection, Stream responseBody)
    {
        _connection = connection;
        _ = WatchAsync(responseBody);
    }

    public override TransportEnd? End => _connection.ToClient.End;

    public override Exception? ApplicationException => _applicationException;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer) => _connection.ToClient.ReadAsync(buffer, CancellationToken.None);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes) => _connection.ToServer.WriteAsync(bytes, CancellationToken.None);

    public override ValueTask FinishAsync()
    {
        // Kestrel takes a client that has finished for one that has gone, and ends its own side too.
        _connection.ToServer.Finish();
        _connection.CancelRequest();
        _connection.ToClient.Finish();
        return ValueTask.CompletedTask;
    }

    public override void Abort()
    {
        // The request is over before a write that waits for room goes on, so that the server can tell that it went nowhere.
        _connection.ToServer.Reset(new ConnectionResetException("Connection reset by peer"));
        _connection.CancelRequest();
        _connection.ToClient.Reset();
    }

    public override void Dispose()
    {
        _connection.ToServer.Finish();
        _connection.CancelRequest();
        _connection.ToClient.Reset();
    }

    private async Task WatchAsync(Stream responseBody)
    {
        try
        {
            await responseBody.CopyToAsync(Stream.Null).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // TestServer wraps what the request delegate threw. To end with the connection is not a fault.
            var thrown = exception.InnerException ?? exception;
            var isLoss = thrown is (OperationCanceledException or ConnectionResetException) && _connection.IsRequestAborted;
            _applicationException = isLoss || _connection.AbortedByApplication ? null : thrown;
        }
        finally
        {
            _connection.ToClient.Finish();
            _connection.ToServer.Reset(new ConnectionAbortedException("The request has ended."));
        }
    }
}
