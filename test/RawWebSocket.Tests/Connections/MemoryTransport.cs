using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace RawWebSocket.Tests.Connections;

/// <summary>The features of a server that lends its pipes, as Kestrel does on HTTP/1.1, with the peer's ends in the test's hands.</summary>
internal sealed class MemoryTransport
    : IHttpUpgradeFeature, IHttpRequestLifetimeFeature, IConnectionTransportFeature, IDuplexPipe, IDisposable
{
    /// <summary>With these, what is written has been dealt with when the call returns.</summary>
    public static readonly PipeOptions Inline = new(
        readerScheduler: PipeScheduler.Inline,
        writerScheduler: PipeScheduler.Inline,
        pauseWriterThreshold: 0,
        useSynchronizationContext: false);

    /// <summary>With these, what the peer has written has been read when a flush of its completes.</summary>
    public static readonly PipeOptions UntilRead = new(pauseWriterThreshold: 1, resumeWriterThreshold: 1);

    private readonly CancellationTokenSource _aborted = new();
    private readonly Pipe _toServer;
    private readonly Pipe _toPeer;

    /// <param name="options">The pipes'; null for the defaults, with which each side goes on by itself.</param>
    /// <param name="toServer">Of the one to the server, if they differ.</param>
    public MemoryTransport(PipeOptions? options = null, PipeOptions? toServer = null)
    {
        _toServer = new Pipe(toServer ?? options ?? PipeOptions.Default);
        _toPeer = new Pipe(options ?? PipeOptions.Default);
        Transport = this;
        Context.Request.Protocol = HttpProtocol.Http11;
        Context.Features.Set<IHttpUpgradeFeature>(this);
        Context.Features.Set<IHttpRequestLifetimeFeature>(this);
        Context.Features.Set<IConnectionTransportFeature>(this);
        RequestAborted = _aborted.Token;
    }

    public HttpContext Context { get; } = new DefaultHttpContext();

    public IDuplexPipe Transport { get; set; }

    public PipeReader Input => _toServer.Reader;

    public PipeWriter Output => _toPeer.Writer;

    public PipeWriter Peer => _toServer.Writer;

    public PipeReader AtPeer => _toPeer.Reader;

    public CancellationToken RequestAborted { get; set; }

    public bool IsUpgradableRequest => true;

    public bool IsAborted => _aborted.IsCancellationRequested;

    public void Abort()
    {
        _toServer.Writer.Complete();
        _toPeer.Reader.Complete();
        _aborted.Cancel();
    }

    /// <summary>What the server does when the peer's FIN has come.</summary>
    public void Lose()
    {
        _toServer.Writer.Complete();
        _aborted.Cancel();
    }

    /// <summary>What the server does when the peer's RST has come.</summary>
    public void Reset()
    {
        _toServer.Writer.Complete(new ConnectionResetException("The peer has reset the connection."));
        _aborted.Cancel();
    }

    public void Dispose() => _aborted.Dispose();

    // Used where the pipe is not offered.
    public Task<Stream> UpgradeAsync() => Task.FromResult<Stream>(new DuplexStream(Input.AsStream(), Output.AsStream()));
}
