using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RawWebSocket.Compression;
using RawWebSocket.Connections;
using RawWebSocket.Connections.Lifetime;
using RawWebSocket.Connections.Rates;
using RawWebSocket.Connections.Receiving;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Diagnostics;
using RawWebSocket.Groups;
using RawWebSocket.Protocol;

namespace RawWebSocket.Hosting;

/// <summary>One application's WebSockets: what its endpoints and connections share.</summary>
internal sealed class RawWebSocketServer : IDisposable
{
    private static readonly ConditionalWeakTable<IServiceProvider, RawWebSocketServer> Unregistered = [];

    // The blocks of Kestrel's own memory pool, and the longest that are taken for blocks.
    private const int KestrelBlock = 4096;
    private const int MostPerBlock = 1024 * 1024;

    // So many blocks go into one system call: fewer and longer calls cost less, and a slow reader has that much waiting in the transport.
    private const int BlocksPerWrite = 4;

    // What somebody has allowed without a limit cannot be counted on to be less than all there is.
    private const long Unlimited = 1L << 40;

    private readonly OpenConnections _open;
    private readonly RateLimits _rates = new();
    private readonly Meter? _ownMeter;
    private readonly CancellationTokenRegistration _stopping;
    private readonly IServiceProvider _services;
    private readonly TimeSpan _hostTimeout;
    private readonly Lazy<int> _blockSize;
    private TimeSpan _closeTimeout;

    public RawWebSocketServer(IServiceProvider services)
    {
        _services = services;
        Options = services.GetService<IOptions<RawWebSocketOptions>>()?.Value ?? new RawWebSocketOptions();
        Slots = new ConnectionSlots(Options.Server);
        Outliving = new OutlivingRequests(services);
        RetryLater = new RetryLater(Options.Server);
        Logger = new PlainLogger(services.GetService<ILoggerFactory>()?.CreateLogger(Log.Category) ?? NullLogger.Instance);
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var meters = services.GetService<IMeterFactory>();
        var memory = new MemoryBudget(Options.Server.MemoryBudget);
        var meter = meters?.Create(WebSocketMetrics.MeterName) ?? (_ownMeter = new Meter(WebSocketMetrics.MeterName));
        _open = new OpenConnections(time, OnHeartbeatFailed);
        Metrics = new WebSocketMetrics(
            meter, () => _open.Count, () => memory.Held, exception => Log.MetricsListenerFailed(Logger, exception));
        Gate = new MemoryGate(time, Options.Server, Logger, MemoryReading.Take, StartCollection);
        TransportWatch = new TransportWatch(_open, MeasureRoom, time, Logger);
        var directory = new GroupDirectory(_open);
        Groups = new WebSocketGroups(directory);
        var compression = new CompressionService(memory, time);
        var shedder = new MemoryShedder(memory, _open, Logger);
        memory.Exceeded = shedder.Start;
        memory.CountSharers = () => _open.Count;
        _open.OnBeat = () =>
        {
            compression.Trim();
            memory.Spares.Trim();
            PollingThread.NoteAll(time.GetTimestamp());
            shedder.OnBeat();
        };
        _open.OnHeldUp = OnStopHeldUp;
        var stopping = services.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? default;
        _hostTimeout = services.GetService<IOptions<HostOptions>>()?.Value.ShutdownTimeout ?? Timeout.InfiniteTimeSpan;
        var isKestrel = IsKestrel(services.GetService<IServer>());
        _blockSize = new Lazy<int>(() => isKestrel ? BlockSizeOf(services) : KestrelBlock);
        Connections = new ConnectionServices(
            time, Logger, Metrics, services.GetRequiredService<IServiceScopeFactory>(),
            _open, memory, _rates, compression, directory, stopping)
        {
            LongWrite = Math.Clamp(BlocksPerWrite * _blockSize.Value, MessageWriter.Chunk, SendTerms.LongestWrite),
            SendsInline = isKestrel && services.GetService<IOptions<SocketTransportOptions>>()?.Value.UnsafePreferInlineScheduling == true,
            Outliving = services.GetService<OutlivingConnections>(),
        };
        _stopping = stopping.UnsafeRegister(static server => ((RawWebSocketServer)server!).Stop(), this);
    }

    public RawWebSocketOptions Options { get; }

    public ILogger Logger { get; }

    public WebSocketMetrics Metrics { get; }

    public WebSocketGroups Groups { get; }

    /// <summary>For the middleware and the endpoints.</summary>
    public RawWebSocketMarker Marker { get; } = new();

    public ConnectionServices Connections { get; }

    public ConnectionSlots Slots { get; }

    public RetryLater RetryLater { get; }

    /// <summary>Whether a connection may outlive its request.</summary>
    public OutlivingRequests Outliving { get; }

    /// <summary>Whether there is memory for newcomers.</summary>
    public MemoryGate Gate { get; }

    /// <summary>Keeps what Kestrel's buffers hold within bounds.</summary>
    public TransportWatch TransportWatch { get; }

    public bool IsStopping { get; private set; }

    /// <summary>The application's server: the registered one, or, without <c>AddRawWebSockets</c>, one with defaults.</summary>
    public static RawWebSocketServer Of(IServiceProvider applicationServices) =>
        applicationServices.GetService<RawWebSocketServer>()
        ?? Unregistered.GetValue(applicationServices, static services => WithDefaults(services));

    /// <summary>An endpoint's options: a copy of the application's, changed and checked.</summary>
    /// <exception cref="OptionsValidationException">An option is wrong; the message says which and what to set.</exception>
    public RawWebSocketOptions OptionsFor(string pattern, Action<RawWebSocketOptions>? configure)
    {
        var options = Options.Clone();
        configure?.Invoke(options);
        string[] failures =
        [
            .. new RawWebSocketOptionsValidator().Validate(pattern, options).Failures ?? [],
            .. RawWebSocketOptionsValidator.ChangesOfServer(options.Server, Options.Server),
        ];
        if (failures.Length > 0)
        {
            throw new OptionsValidationException(
                pattern, typeof(RawWebSocketOptions), failures.Select(failure => $"Endpoint '{pattern}': {failure}"));
        }

        _open.Serve(options);
        _closeTimeout = options.CloseTimeout > _closeTimeout ? options.CloseTimeout : _closeTimeout;
        return options;
    }

    /// <summary>Watches over an endpoint's code where it runs on the threads that poll the sockets; null where nobody is to.</summary>
    public InlineGuard? GuardOf(string pattern) => Options.Server.BlockingTime == Timeout.InfiniteTimeSpan
        ? null
        : new InlineGuard(Connections.Time, Options.Server.BlockingTime, elapsed => Log.EndpointBlocks(Logger, pattern, elapsed));

    public void Dispose()
    {
        _stopping.Dispose();
        TransportWatch.Dispose();
        _open.Dispose();
        _rates.Dispose();
        _ownMeter?.Dispose();
    }

    // Nothing has been registered that Kestrel would ask, but it has not started either.
    private static RawWebSocketServer WithDefaults(IServiceProvider services)
    {
        var server = new RawWebSocketServer(services);
        if (IsKestrel(services.GetService<IServer>()))
        {
            var buffers = new KestrelBuffers(Microsoft.Extensions.Options.Options.Create(server.Options));
            buffers.PostConfigure(null, services.GetRequiredService<IOptions<SocketTransportOptions>>().Value);
            buffers.PostConfigure(null, services.GetRequiredService<IOptions<KestrelServerOptions>>().Value);
        }

        return server;
    }

    // Not waited for: with a large heap it may take long.
    private static void StartCollection() => ThreadPool.UnsafeQueueUserWorkItem(
        static _ => GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false), null);

    private TransportRoom MeasureRoom()
    {
        var sockets = _services.GetService<IOptions<SocketTransportOptions>>()?.Value ?? new SocketTransportOptions();
        return new(
            Options.Server.TransportBudget,
            sockets.MaxReadBufferSize ?? Unlimited,
            sockets.MaxWriteBufferSize ?? Unlimited,
            _blockSize.Value);
    }

    // Of the host's own memory pools, which may not be Kestrel's. The pool is not disposed of: a factory may give everyone the same.
    private static int BlockSizeOf(IServiceProvider services) =>
        services.GetService<IMemoryPoolFactory<byte>>()?.Create().MaxBufferSize is { } size and > 0 and <= MostPerBlock ? size : KestrelBlock;

    // In memory there are no sockets and none of their blocks.
    private static bool IsKestrel(IServer? server) => server?.GetType().Assembly == typeof(KestrelServer).Assembly;

    private void OnHeartbeatFailed(Connection? connection, Exception exception) =>
        Log.HeartbeatFailed(Logger, connection?.Id ?? "of all", exception);

    private void OnStopHeldUp(HeldUpStop endpoint)
    {
        if (endpoint.AreBeingTold)
        {
            Log.OnStoppingHoldsUp(Logger, endpoint.Pattern, endpoint.Elapsed, endpoint.Connections);
        }
        else
        {
            Log.EndpointHoldsUp(Logger, endpoint.Pattern, endpoint.Elapsed, endpoint.Connections, endpoint.Closed);
        }
    }

    private void Stop()
    {
        IsStopping = true;
        if (_open.Count > 0)
        {
            Log.Stopping(Logger, _open.Count, (int)Options.Server.ShutdownCloseStatus);
        }

        _open.CloseAll(ShutdownPlan.Fit(Options.Server, _hostTimeout, _closeTimeout));
    }
}
