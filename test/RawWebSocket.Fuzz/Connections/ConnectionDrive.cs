using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using RawWebSocket.Compression;
using RawWebSocket.Connections;
using RawWebSocket.Connections.Lifetime;
using RawWebSocket.Connections.Rates;
using RawWebSocket.Connections.Transports;
using RawWebSocket.Diagnostics;
using RawWebSocket.Fuzz.Engine;
using RawWebSocket.Fuzz.Models;
using RawWebSocket.Groups;
using RawWebSocket.Protocol;
using RawWebSocket.Tests;

namespace RawWebSocket.Fuzz.Connections;

/// <summary>
/// One connection and its peer, from the 101 to the end, on a clock that goes as the peer wants. The one place that knows how a connection
/// is made and run.
/// </summary>
internal sealed class ConnectionDrive : IDisposable
{
    private const int MaxSteps = 200;
    private const int SlowRead = 50;

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    private static readonly ShutdownPlan Shutdown =
        new(WebSocketCloseStatus.EndpointUnavailable, Spread: TimeSpan.FromSeconds(2), Patience: TimeSpan.FromSeconds(27));

    // By the wall's clock, for threads that are not run at once: nothing that is right waits so long, even on a busy machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan TurnOfOthers = TimeSpan.FromSeconds(1);

    private static readonly Meter Meter = new("fuzz");

    private static readonly IServiceScopeFactory Scopes =
        new ServiceCollection().BuildServiceProvider().GetRequiredService<IServiceScopeFactory>();

    private readonly ConnectionSettings _settings;
    private readonly Random _random;
    private readonly RateLimits _rates = new();
    private readonly PeerTransport _transport;
    private readonly OpenConnections _open;
    private readonly List<Exception> _heartbeatFailures = [];
    private readonly List<byte> _output = [];
    private readonly Connection _connection;

    public ConnectionDrive(ConnectionSettings settings, CountingMemoryPool pool)
    {
        _settings = settings;
        _random = new Random(settings.Seed);
        _transport = new PeerTransport(pool, settings.OutputThreshold, settings.OverStream);
        _open = new OpenConnections(Time, (_, exception) => _heartbeatFailures.Add(exception));
        var options = settings.ToOptions(Time);
        var metrics = new WebSocketMetrics(Meter, static () => 0, static () => 0);
        var services = new ConnectionServices(
            Time,
            Logger,
            metrics,
            Scopes,
            _open,
            Memory,
            _rates,
            new CompressionService(Memory, Time),
            new GroupDirectory(_open),
            Stopping: default);
        // In memory it completes at once, as the connection has when its closure or its outcome is asked for below: nothing here blocks.
        var upgraded = Transport.UpgradeAsync(_transport.Context).AsTask().GetAwaiter().GetResult();
        var opening = new Opening(_transport.Context, options, subprotocol: null, compression: null);
        var handler = settings.IsHandler ? new FuzzHandler(settings.Application, new Random(settings.Seed), Time, Record) : null;
        ConnectionApplication application = handler is not null
            ? new HandlerApplication(handler)
            : new DelegateApplication(new FuzzDelegates(settings, new Random(settings.Seed), Time, Record).RunAsync);
        _connection = new Connection(
            new ConnectionEndpoint(services, options), upgraded, opening, new ActivatedHandler(application, handler));
        _open.Serve(options);
    }

    public ManualTimeProvider Time { get; } = new();

    public RecordingLogger Logger { get; } = new();

    public MemoryBudget Memory { get; } = new(long.MaxValue);

    public ApplicationRecord Record { get; } = new();

    /// <summary>All that the peer has read.</summary>
    public ReadOnlySpan<byte> Output => CollectionsMarshal.AsSpan(_output);

    /// <summary>Whether the transport has ended before the connection did.</summary>
    public bool IsLost => HasGone || _transport.IsAborted;

    /// <summary>Whether all that the peer has to say was taken.</summary>
    public bool HasSaidAll { get; private set; }

    /// <summary>Whether the peer has ended the transport.</summary>
    private bool HasGone { get; set; }

    // Asked for at the end only, when it is there; what a target executes is synchronous.
    public WebSocketClosure Closure => _connection.Completion.GetAwaiter().GetResult();

    /// <summary>Lets the peer say what it has to say, and go.</summary>
    /// <param name="wire">What it says.</param>
    /// <param name="end">What the end comes from.</param>
    /// <param name="hasHeardAll">What the peer waits for before it goes, and until when no time passes; null for nothing.</param>
    public void Run(ReadOnlySpan<byte> wire, EndsBy end, Predicate<ServerWire>? hasHeardAll)
    {
        var running = _connection.RunAsync();
        HasSaidAll = Say(wire.ToArray(), running, hasHeardAll is null ? Step : TimeSpan.Zero);
        Read(always: true);
        if (end != EndsBy.WhatIsSaid && !running.IsCompleted)
        {
            AwaitAnswers(hasHeardAll);
            Go();
        }

        Await(running, needsTime: end == EndsBy.Time);
        _transport.ReadInto(_output);

        // It has completed: this is for what it may have thrown.
        running.GetAwaiter().GetResult();
        Invariant.Holds(_heartbeatFailures.Count == 0, "Looking at the time limits never fails.", () => $"{_heartbeatFailures[0]}");
        Invariant.Holds(_open.Count == 0, "A connection that has ended is not open.");
    }

    public void Dispose()
    {
        _open.Dispose();
        _rates.Dispose();
        _transport.Dispose();
    }

    private bool Say(byte[] wire, Task running, TimeSpan step)
    {
        var count = 0;
        for (var start = 0; start < wire.Length;)
        {
            if (running.IsCompleted || _transport.IsAborted)
            {
                return false;
            }

            var length = Math.Min(NextLength(wire.Length), wire.Length - start);
            var sending = _transport.SendAsync(wire.AsMemory(start, length));
            start += length;
            Read(always: ++count % 3 == 0);
            if (_settings.PauseBetweenPieces > TimeSpan.Zero)
            {
                Time.Advance(_settings.PauseBetweenPieces);
            }

            if (!IsTaken(sending, running, step))
            {
                return false;
            }
        }

        return true;
    }

    // The server may read no more for a while: because its application is busy, or because the peer does not read either.
    private bool IsTaken(ValueTask<FlushResult> sending, Task running, TimeSpan step)
    {
        for (var count = 0; count < MaxSteps && !sending.IsCompleted && !running.IsCompleted && !_transport.IsAborted; count++)
        {
            Time.Advance(step);
            Read(always: false);
            // Lets the application go on on its other thread; how long that takes decides nothing.
            Thread.Sleep(step > TimeSpan.Zero ? 0 : 1);
        }

        return sending.IsCompleted;
    }

    private int NextLength(int all) => _settings.Pieces switch
    {
        PieceSizes.AllAtOnce => all,
        PieceSizes.Single => all > 2000 ? 97 : 1,
        PieceSizes.Short => 1 + _random.Next(20),
        _ => 1 + _random.Next(_random.OneIn(3) ? all : 100),
    };

    private void Read(bool always)
    {
        if (_settings.Reads <= PeerReads.AlwaysToo)
        {
            _transport.ReadInto(_output);
        }
        else if (always && _settings.Reads == PeerReads.Seldom)
        {
            _transport.ReadInto(_output, SlowRead);
        }
    }

    // Where the output was full, the application may have gone on on another thread.
    private void AwaitAnswers(Predicate<ServerWire>? hasHeardAll)
    {
        var waiting = Stopwatch.StartNew();
        while (hasHeardAll?.Invoke(ServerWire.Read(Output)) == false && !IsLost && waiting.Elapsed < Patience)
        {
            // Gives that thread its turn; how long it takes decides nothing.
            Thread.Sleep(1);
            Read(always: false);
        }

        // The peer may have read the close frame before that thread has seen that it left; time that passes now would be the server's.
        if (hasHeardAll is not null && ServerWire.Read(Output).Close is not null)
        {
            Task.WaitAny([_connection.Completion], TurnOfOthers);
        }
    }

    private void Go()
    {
        switch (_settings.Ending)
        {
            case PeerEnding.Finishes:
                HasGone = true;
                _transport.Finish();
                break;
            case PeerEnding.Resets:
                HasGone = true;
                _transport.Abort();
                break;
            case PeerEnding.IsSentAway:
                _open.CloseAll(Shutdown);
                break;
        }
    }

    private void Await(Task running, bool needsTime)
    {
        var waiting = Stopwatch.StartNew();
        var step = 0;
        for (; !running.IsCompleted && (step < MaxSteps || waiting.Elapsed < Patience); step++)
        {
            if (!needsTime || step > MaxSteps)
            {
                Task.WaitAny([running], TimeSpan.FromMilliseconds(1));
            }

            // A connection that has closed may linger for a moment, for a peer that still sends.
            if (needsTime || _connection.Completion.IsCompleted)
            {
                Settle(running);
                Time.Advance(Step);
            }

            Read(always: step % 3 == 2);
        }

        Invariant.Holds(running.IsCompleted, "A connection comes to its end.", () => Describe(step, needsTime));
    }

    private string Describe(int steps, bool needsTime) =>
        $"{steps} steps{(needsTime ? $" of {Step}" : "")}, {ThreadPool.PendingWorkItemCount} work items wait, "
        + $"closed: {_connection.Closed.IsCancellationRequested}, completed: {_connection.Completion.IsCompleted}, "
        + $"aborted: {_transport.IsAborted}, logged: {string.Join(", ", Logger.Entries.Select(static entry => entry.Id))}.";

    // What other threads have been given to do is done, mostly: time that passes too early would only make the server give up sooner.
    private static void Settle(Task running)
    {
        for (var round = 0; round < 2 && !running.IsCompleted; round++)
        {
            using var done = new ManualResetEventSlim();
            ThreadPool.UnsafeQueueUserWorkItem(static done => done.Set(), done, preferLocal: false);
            done.Wait();
        }
    }
}

/// <summary>What ends a connection. Unless it is time, the clock stands still, and the end must come all the same.</summary>
internal enum EndsBy
{
    WhatIsSaid,
    PeerGoing,
    Time,
}
