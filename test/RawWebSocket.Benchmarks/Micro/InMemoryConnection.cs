using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using RawWebSocket.Benchmarks.Serving;
using RawWebSocket.Compression;
using RawWebSocket.Connections;
using RawWebSocket.Connections.Lifetime;
using RawWebSocket.Connections.Rates;
using RawWebSocket.Diagnostics;
using RawWebSocket.Groups;
using RawWebSocket.Protocol;

namespace RawWebSocket.Benchmarks.Micro;

/// <summary>
/// A connection between two pipes, RawWebSocket's or the floor's, on which everything happens inside of the call that writes: work without
/// waiting.
/// </summary>
internal sealed class InMemoryConnection
    : IHttpUpgradeFeature, IHttpRequestLifetimeFeature, IConnectionTransportFeature, IDuplexPipe, IDisposable
{
    private static readonly PipeOptions Inline = new(
        readerScheduler: PipeScheduler.Inline,
        writerScheduler: PipeScheduler.Inline,
        pauseWriterThreshold: 0,
        useSynchronizationContext: false);

    private readonly Pipe _toServer = new(Inline);
    private readonly Pipe _toPeer = new(Inline);
    private readonly Meter _meter = new(nameof(InMemoryConnection));
    private readonly ServiceProvider _provider = new ServiceCollection().BuildServiceProvider();
    private readonly RateLimits _rates = new();
    private readonly OpenConnections _open;
    private readonly Task _running;

    public InMemoryConnection(Engine engine)
    {
        Transport = this;
        var memory = new MemoryBudget(long.MaxValue);
        _open = new OpenConnections(TimeProvider.System, static (_, exception) => throw exception);
        var services = new ConnectionServices(
            TimeProvider.System,
            NullLogger.Instance,
            new WebSocketMetrics(_meter, () => _open.Count, () => memory.Held),
            _provider.GetRequiredService<IServiceScopeFactory>(),
            _open,
            memory,
            _rates,
            new CompressionService(memory, TimeProvider.System),
            new GroupDirectory(_open),
            Stopping: CancellationToken.None);
        _running = engine == Engine.Floor ? FloorEngine.EchoAsync(this) : RunAsync(services);
    }

    public IDuplexPipe Transport { get; set; }

    public PipeReader Input => _toServer.Reader;

    public PipeWriter Output => _toPeer.Writer;

    public bool IsUpgradableRequest => true;

    public CancellationToken RequestAborted { get; set; }

    /// <summary>Sends these bytes and takes the answer, which is there when they have been written; returns its length.</summary>
    public async ValueTask<long> ExchangeAsync(ReadOnlyMemory<byte> bytes)
    {
        await _toServer.Writer.WriteAsync(bytes);
        _toPeer.Reader.TryRead(out var answer);
        _toPeer.Reader.AdvanceTo(answer.Buffer.End);
        return answer.Buffer.Length;
    }

    public Task<Stream> UpgradeAsync() => Task.FromResult(Stream.Null);

    public void Abort() => _toServer.Writer.Complete();

    public void Dispose()
    {
        _toServer.Writer.Complete();
        // Its input has ended, so it ends; what disposes of a benchmark is synchronous.
        _running.GetAwaiter().GetResult();
        _open.Dispose();
        _rates.Dispose();
        _meter.Dispose();
        _provider.Dispose();
    }

    private async Task RunAsync(ConnectionServices services)
    {
        var context = new DefaultHttpContext();
        context.Request.Protocol = HttpProtocol.Http11;
        context.Features.Set<IHttpUpgradeFeature>(this);
        context.Features.Set<IHttpRequestLifetimeFeature>(this);
        context.Features.Set<IConnectionTransportFeature>(this);

        // A rate limit would hold back what no peer on a network can reach.
        var options = new RawWebSocketOptions { MaxMessagesPerSecond = int.MaxValue, MaxBytesPerSecond = int.MaxValue };
        var upgraded = await Connections.Transports.Transport.UpgradeAsync(context);
        var opening = new Opening(context, options, subprotocol: null, compression: null);
        var handler = new EchoHandler();
        var connection = new Connection(
            new ConnectionEndpoint(services, options), upgraded, opening, new ActivatedHandler(new HandlerApplication(handler), handler));
        await connection.RunAsync();
    }

    private sealed class EchoHandler : IWebSocketHandler
    {
        public async ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message) =>
            await connection.SendAsync(message);
    }
}
