using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using RawWebSocket.Tests;

namespace RawWebSocket.Fuzz.Connections;

/// <summary>
/// A server's features over two pipes in memory, with the peer's ends here. Nothing is scheduled: what the peer sends is dealt with inside
/// the call that sends it.
/// </summary>
internal sealed class PeerTransport
    : IHttpUpgradeFeature, IHttpRequestLifetimeFeature, IConnectionTransportFeature, IDuplexPipe, IDisposable
{
    private readonly CancellationTokenSource _aborted = new();
    private readonly Pipe _toServer;
    private readonly Pipe _toPeer;
    private readonly bool _overStream;

    /// <param name="pool">Where the pipes' memory comes from.</param>
    /// <param name="outputThreshold">How many bytes may lie unread before the server's flush waits; 0 for any number.</param>
    /// <param name="overStream">Lend the server no pipe but a stream.</param>
    public PeerTransport(MemoryPool<byte> pool, int outputThreshold, bool overStream)
    {
        _overStream = overStream;
        _toServer = new Pipe(Options(pool, threshold: 64 * 1024));
        _toPeer = new Pipe(Options(pool, outputThreshold));
        Transport = this;
        RequestAborted = _aborted.Token;
        Context.Request.Protocol = HttpProtocol.Http11;
        Context.Features.Set<IHttpUpgradeFeature>(this);
        Context.Features.Set<IHttpRequestLifetimeFeature>(this);
        if (!overStream)
        {
            Context.Features.Set<IConnectionTransportFeature>(this);
        }
    }

    public HttpContext Context { get; } = new DefaultHttpContext();

    public IDuplexPipe Transport { get; set; }

    public PipeReader Input => _toServer.Reader;

    public PipeWriter Output => _toPeer.Writer;

    public CancellationToken RequestAborted { get; set; }

    public bool IsUpgradableRequest => true;

    /// <summary>Whether the server, or the peer's RST, has dropped the connection.</summary>
    public bool IsAborted { get; private set; }

    public Task<Stream> UpgradeAsync() =>
        Task.FromResult(_overStream ? new DuplexStream(Input.AsStream(), Output.AsStream()) : Stream.Null);

    /// <summary>Sends; completed unless the server has to be waited for. A dropped connection takes it and does nothing.</summary>
    public ValueTask<FlushResult> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return IsAborted ? default : _toServer.Writer.WriteAsync(bytes);
        }
        catch (InvalidOperationException) when (IsAborted)
        {
            return default;
        }
    }

    /// <summary>Takes what lies there to be read, until there is nothing more.</summary>
    /// <param name="bytes">What was read so far.</param>
    /// <param name="most">How much to take at most.</param>
    public void ReadInto(List<byte> bytes, long most = long.MaxValue)
    {
        try
        {
            while (most > 0 && !IsAborted && _toPeer.Reader.TryRead(out var result) && !result.Buffer.IsEmpty)
            {
                var taken = result.Buffer.Slice(0, Math.Min(most, result.Buffer.Length));
                most -= taken.Length;
                bytes.AddRange(taken.ToArray());
                _toPeer.Reader.AdvanceTo(taken.End);
            }
        }
        catch (InvalidOperationException) when (IsAborted)
        {
            // Dropped between the question and the read; what was not read is lost, as it is with an RST.
        }
    }

    /// <summary>The peer's FIN, and what a server makes of it.</summary>
    public void Finish()
    {
        if (!IsAborted)
        {
            _toServer.Writer.Complete();
            _aborted.Cancel();
        }
    }

    public void Abort()
    {
        IsAborted = true;
        _toServer.Writer.Complete();
        _toPeer.Reader.Complete();
        _aborted.Cancel();
    }

    /// <summary>What the server does when the request has ended.</summary>
    public void Dispose()
    {
        Input.Complete();
        Output.Complete();
        _toServer.Writer.Complete();
        _toPeer.Reader.Complete();
        _aborted.Dispose();
    }

    private static PipeOptions Options(MemoryPool<byte> pool, int threshold) => new(
        pool,
        readerScheduler: PipeScheduler.Inline,
        writerScheduler: PipeScheduler.Inline,
        pauseWriterThreshold: threshold,
        resumeWriterThreshold: Math.Max(threshold / 2, Math.Min(threshold, 1)),
        useSynchronizationContext: false);
}
