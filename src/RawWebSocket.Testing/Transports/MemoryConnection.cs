using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace RawWebSocket.Testing.Transports;

/// <summary>
/// The upgrade that TestServer lacks: two wires in memory, and a request lifetime that ends when either side drops them, as
/// Kestrel's does.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "Either side may cancel at any time; without a timer it holds nothing.")]
internal sealed class MemoryConnection : IHttpUpgradeFeature, IHttpRequestLifetimeFeature
{
    private readonly HttpContext _context;
    private readonly IHttpRequestLifetimeFeature _testServerLifetime;
    private readonly CancellationTokenSource _requestAborted = new();
    private int _upgraded;

    /// <summary>Puts itself in place of the context's own features.</summary>
    public MemoryConnection(HttpContext context, int capacity)
    {
        _context = context;
        _testServerLifetime = context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
        _testServerLifetime.RequestAborted.Register(CancelRequest);
        ToServer = new MemoryWire(capacity);
        ToClient = new MemoryWire(capacity);
        RequestAborted = _requestAborted.Token;
        context.Features.Set<IHttpUpgradeFeature>(this);
        context.Features.Set<IHttpRequestLifetimeFeature>(this);
    }

    public MemoryWire ToServer { get; }

    public MemoryWire ToClient { get; }

    public bool AbortedByApplication { get; private set; }

    public bool IsRequestAborted => _requestAborted.IsCancellationRequested;

    public bool IsUpgradableRequest => true;

    public CancellationToken RequestAborted { get; set; }

    public async Task<Stream> UpgradeAsync()
    {
        if (Interlocked.Exchange(ref _upgraded, 1) == 1)
        {
            throw new InvalidOperationException("The request has been upgraded already.");
        }

        var response = _context.Response;
        response.StatusCode = StatusCodes.Status101SwitchingProtocols;
        response.Headers.Connection = "Upgrade";
        await response.StartAsync().ConfigureAwait(false);
        await response.Body.FlushAsync().ConfigureAwait(false);
        return new MemoryServerStream(this);
    }

    /// <summary>The application's <see cref="HttpContext.Abort"/>.</summary>
    public void Abort()
    {
        AbortedByApplication = true;
        CancelRequest();
        ToClient.Reset();
        ToServer.Reset(new ConnectionAbortedException("The connection was aborted by the application."));
        _testServerLifetime.Abort();
    }

    /// <summary>Cancels <see cref="RequestAborted"/>, its callbacks on another thread as under Kestrel.</summary>
    public void CancelRequest() => _ = _requestAborted.CancelAsync();
}
