using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using RawWebSocket.Compression;
using RawWebSocket.Diagnostics;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <summary>One connection, from the 101 to its end: puts the parts together and owns their order.</summary>
[SuppressMessage("Design", "CA1001", Justification = "RunAsync is its lifetime; the token source has no timer and may be asked for later.")]
internal sealed partial class Connection : WebSocketConnection
{
    private static long _lastNumber;

    private readonly ConnectionServices _services;
    private readonly RawWebSocketOptions _options;
    private readonly Transport _transport;
    private readonly Opening _opening;
    private readonly IWebSocketHandler? _handler;
    private readonly IServiceProvider? _handlerServices;
    private readonly Signal _changed = new();
    private readonly ReceiveQueue _received;
    private readonly SendQueue _sends;
    private readonly MessageDecoder _decoder;
    private readonly ReceiveLoop _loop;
    private readonly InlineRun? _run;
    private readonly MemoryAccount _memory;
    private readonly OutgoingCompression? _compression;
    private readonly IncomingCompression? _decompression;

    private AsyncServiceScope? _scope;

    /// <param name="services">What all connections share.</param>
    /// <param name="options">The endpoint's options.</param>
    /// <param name="transport">The upgraded transport.</param>
    /// <param name="opening">What is kept of the opening handshake.</param>
    /// <param name="handler">Who is given the messages; null when a delegate asks for them.</param>
    /// <param name="handlerServices">The services that the handler was made with, if it was; disposed by whoever made it.</param>
    /// <param name="guard">The endpoint's, if its code may run on the threads that poll the sockets.</param>
    public Connection(
        ConnectionServices services,
        RawWebSocketOptions options,
        Transport transport,
        Opening opening,
        IWebSocketHandler? handler,
        IServiceProvider? handlerServices,
        InlineGuard? guard = null)
    {
        _services = services;
        _options = options;
        _transport = transport;
        _handler = handler;
        _handlerServices = handlerServices;
        _opening = opening;
        Number = Interlocked.Increment(ref _lastNumber);
        _memory = new MemoryAccount(services.Memory);
        _received = new ReceiveQueue(_changed) { Handler = handler is null ? null : this };
        if (opening.Compression is { } agreement)
        {
            _compression = services.Compression.Outgoing(agreement, options.Compression, _memory);
            _decompression = services.Compression.Incoming(agreement, options.Compression, _memory);
        }

        _sends = new SendQueue(transport.Output, this, QueueMarks.Of(options), _memory, _compression, services.LongWrite, transport.Lost);
        _decoder = new MessageDecoder(options.MaxMessageSize, options.MaxFragmentsPerMessage, _memory, _decompression);
        _rateLimits = services.Rates.Of(options);
        _run = guard is null ? null : new InlineRun(guard);
        _loop = new ReceiveLoop(
            transport.Input,
            new MessageIntake(_decoder, _received, _sends),
            _received,
            _sends,
            _changed,
            this,
            new ControlFrames(this, services.Time, options.MaxControlFramesPerSecond),
            _memory,
            options.ReceiveAheadBytes,
            _run);
        _messageClock = new MessageClock(services.Time, options.MessageTimeout);
        _keepAlive = new KeepAlive(options, services.Time.GetTimestamp());
        _expiry = new Expiry(options, opening.AuthenticatedUntil, services.Time.GetTimestamp());
    }

    /// <summary>Tells this process's connections apart.</summary>
    public long Number { get; }

    public override string Id => field ??= Number.ToString("x8", CultureInfo.InvariantCulture);

    public override WebSocketRequest Request => _opening.Request;

    public override string? Subprotocol => _opening.Subprotocol;

    public override string? Extensions => _opening.Extensions;

    public string? UserId => _opening.UserId;

    public override IDictionary<object, object?> Items => field ??= new Dictionary<object, object?>();

    public override IServiceProvider Services
    {
        get
        {
            if (_handlerServices is not null)
            {
                return _handlerServices;
            }

            lock (_changed)
            {
                return (_scope ??= _services.Scopes.CreateAsyncScope()).ServiceProvider;
            }
        }
    }

    public override IReadOnlyCollection<string> Groups => _services.Groups.GroupsOf(this);

    public override bool JoinGroup(string group) => _services.Groups.Join(this, group);

    public override bool LeaveGroup(string group) => _services.Groups.Leave(this, group);

    /// <summary>Runs the connection to its end: until the application has been told that it is closed.</summary>
    public async Task RunAsync(ConnectionApplication application)
    {
        using var lost = _transport.Lost.UnsafeRegister(static connection => ((Connection)connection!).OnTransportLost(), this);
        _services.Open.Add(this);
        _services.Groups.Add(this);
        _openedAt = _services.Time.GetTimestamp();
        TellOpened();

        try
        {
            if (_run is { MustLeaveThread: true })
            {
                await Task.Yield();
            }

            var applicationEnds = Start(application);
            var receiving = _loop.RunAsync();
            await ((Task)receiving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var last = LastOf(receiving);
            var closure = await EndAsync(last).ConfigureAwait(false);

            _decoder.Release();
            _services.Groups.Remove(this);
            CompletionSource.TrySetResult(closure);
            _received.Complete();
            StartDeadline(abortReason: null);
            Tell(closure);
            await applicationEnds.ConfigureAwait(false);
            await LingerAsync(last).ConfigureAwait(false);
        }
        finally
        {
            // Also when a logger or a listener of the metrics has thrown.
            _loop.LetGoOfInput();
            _decoder.Release();
            _sends.EndCompression();
            _services.Open.Remove(this);
            await ReleaseAsync().ConfigureAwait(false);
        }
    }

    // Its first steps are taken on the thread that brought the request.
    private Task Start(ConnectionApplication application)
    {
        _run?.Begin();
        try
        {
            return application.RunAsync(this);
        }
        finally
        {
            _run?.End();
        }
    }

    /// <summary>What the application threw, if it did.</summary>
    public Exception? HandlerException { get; private set; }

    /// <summary>Ends the application's part: it is told of its exception next, and then the connection closes.</summary>
    public void FailHandler(Exception exception)
    {
        HandlerException ??= exception;
        LogHandlerFailure(exception);
        _received.Complete();
    }

    public void LogHandlerFailure(Exception exception) => Log.HandlerFailed(_services.Logger, Id, exception);

    // Looked at here and not in a task around the loop's, which every connection would hold.
    private Incoming? LastOf(Task<Incoming?> received)
    {
        if (received.IsCompletedSuccessfully)
        {
            return received.Result;
        }

        // None: it was cancelled, which only the transport does.
        if (received.Exception?.InnerException is { } exception && !Transport.IsDisconnect(exception))
        {
            Log.ReceiveFailed(_services.Logger, Id, exception);
            Abort("Reading failed.", exception: exception);
        }

        return null;
    }

    private async ValueTask ReleaseAsync()
    {
        await _transport.ReleaseAsync().ConfigureAwait(false);
        if (_scope is { } scope)
        {
            await scope.DisposeAsync().ConfigureAwait(false);
        }
    }
}
