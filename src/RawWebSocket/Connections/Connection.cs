using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Logging;
using RawWebSocket.Compression;
using RawWebSocket.Connections.Lifetime;
using RawWebSocket.Connections.Receiving;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Connections.Timing;
using RawWebSocket.Connections.Transports;
using RawWebSocket.Diagnostics;

namespace RawWebSocket.Connections;

/// <summary>One connection, from the 101 to its end: puts the parts together and owns their order.</summary>
[SuppressMessage("Design", "CA1001", Justification = "RunAsync is its lifetime; the token source has no timer and may be asked for later.")]
internal sealed partial class Connection : WebSocketConnection
{
    private static long _lastNumber;

    private readonly ConnectionEndpoint _endpoint;
    private readonly ActivatedHandler _activated;
    private readonly IDisposable? _slot;
    private readonly ReceiveQueue _received;
    private readonly SendQueue _sends;
    private readonly ReceiveLoop _loop;
    private readonly IncomingCompression? _decompression;

    private Transport _transport;
    private Opening _opening;
    private Task _applicationEnds = Task.CompletedTask;
    private bool _isMember;

    /// <param name="endpoint">What it shares with others.</param>
    /// <param name="upgraded">The transport, and what to write to.</param>
    /// <param name="opening">What is kept of the opening handshake.</param>
    /// <param name="activated">What runs it; disposed with it.</param>
    /// <param name="slot">Its place among the connections, given back when it has ended.</param>
    public Connection(
        ConnectionEndpoint endpoint, in Upgraded upgraded, Opening opening, ActivatedHandler activated, IDisposable? slot = null)
    {
        _endpoint = endpoint;
        _transport = upgraded.Transport;
        _activated = activated;
        _slot = slot;
        _opening = opening;
        Number = Interlocked.Increment(ref _lastNumber);
        OutgoingCompression? compression = null;
        if (opening.Compression is { } agreement)
        {
            compression = Shared.Compression.Outgoing(agreement, Options.Compression, this);
            _decompression = Shared.Compression.Incoming(agreement, Options.Compression, this);
        }

        _received = new ReceiveQueue(activated.Handler is null ? null : this);
        var terms = _transport.OutlivesRequest ? endpoint.SendsOfOwn : endpoint.Sends;
        _sends = new SendQueue(upgraded.Output, terms, memory: this, tally: this, owner: this, compression);
        var run = endpoint.Guard is { } guard && (Shared.SendsInline || _transport.Own is { RunsInline: true })
            ? new InlineRun(guard, _transport.Own)
            : null;
        _loop = new ReceiveLoop(upgraded.Input, _received, _sends, owner: this, supplies: this, tally: this, run);
        if (!_transport.KeepsRequest)
        {
            _opening.KeepRequest(Gate);
        }

        _keepAlive = new KeepAlive(PeersNow);
        _expiry = new Expiry(Options, Shared.Time.GetTimestamp(), PeersNow);
    }

    /// <summary>Tells this process's connections apart.</summary>
    public long Number { get; }

    /// <summary>Where it stands among those that are open; for <see cref="ConnectionTable"/>.</summary>
    public int Place { get; set; }

    /// <summary>Whether it can be a member of groups; for the group directory, which asks without its lock as well.</summary>
    public bool IsMember
    {
        get => Volatile.Read(ref _isMember);
        set => Volatile.Write(ref _isMember, value);
    }

    public override string Id => field ??= Number.ToString("x8", CultureInfo.InvariantCulture);

    public override WebSocketRequest Request => _opening.Request(Gate);

    public override string? Subprotocol => _opening.Subprotocol;

    public override string? Extensions => _opening.Extensions;

    // What the transport and the opening are lent. Not the connection itself, which the application has too and may lock.
    private object Gate => _loop;

    // Of all connections, and of those of its endpoint.
    private ConnectionServices Shared => _endpoint.Services;

    private RawWebSocketOptions Options => _endpoint.Options;

    /// <summary>Where its endpoint is mapped.</summary>
    public string Pattern => _endpoint.Pattern;

    public string? UserId => _opening.UserId;

    public override IReadOnlyCollection<string> Groups => Shared.Groups.GroupsOf(this);

    public override bool JoinGroup(string group) => Shared.Groups.Join(this, group);

    public override bool LeaveGroup(string group) => Shared.Groups.Leave(this, group);

    /// <summary>
    /// Runs the connection to its end: until the application has been told that it is closed. The task has ended sooner, with the handshake,
    /// where the connection outlives its request.
    /// </summary>
    public Task RunAsync()
    {
        if (!_transport.OutlivesRequest)
        {
            return _loop.RunAsync();
        }

        Shared.Outliving!.Add();

        // Else it would hold all that flowed with the request: a log scope, an activity, and by them the server's objects.
        Ambient.LeaveFor(_loop, static loop => _ = loop.RunAsync());
        return Task.CompletedTask;
    }

    void IReceiveOwner.OnBegin()
    {
        if (!_transport.TellsReader)
        {
            WatchTransport();
        }

        // Before anyone can tell the handler that the host stops.
        _received.KeepContext();
        Shared.Open.Add(this);
        Shared.Groups.Add(this);
        TellOpened();
        _applicationEnds = Start();
        _lastLook = LastLook.IsNotNeeded;
    }

    async Task IReceiveOwner.EndAsync(LastWord? last)
    {
        if (!_transport.OutlivesRequest)
        {
            await EndAsync(last).ConfigureAwait(false);
            return;
        }

        try
        {
            await EndAsync(last).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Nobody awaits the loop. It was a logger's or a metrics listener's doing.
            Shared.Open.OnFailure(this, exception);
        }
        finally
        {
            Shared.Outliving!.Remove();
        }
    }

    private async Task EndAsync(LastWord? last)
    {
        Interlocked.Exchange(ref _lastLook, LastLook.IsImpossible);
        var outputEnds = Task.CompletedTask;
        try
        {
            _transport.HoldBack(true);
            TellFailure(last?.Failure);
            LetGoOfMessage();
            var closure = await CloseAsync(last).ConfigureAwait(false);

            StartDeadline(abortReason: null, awaitsDelivery: !IsAborted);
            Complete(closure);
            _received.Complete();
            outputEnds = EndOutputAsync(last);
            await GiveBackInputAsync(last).ConfigureAwait(false);
            await _applicationEnds.ConfigureAwait(false);
            await LingerAsync(last).ConfigureAwait(false);
            await outputEnds.ConfigureAwait(false);
        }
        catch (Exception) when (_transport.EndsByHalves)
        {
            // Out of a request's delegate an exception resets the stream as the server's own failure.
            DropTransport();
            await outputEnds.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        finally
        {
            // Also when a logger or a listener of the metrics has thrown.
            try
            {
                await StopWatchingTransportAsync().ConfigureAwait(false);
                _loop.LetGoOfInput();
                LetGoOfMessage();
                _sends.Compression?.Release();
                _received.Complete();
            }
            finally
            {
                Shared.Groups.Remove(this);
                Shared.Open.Remove(this);
                await ReleaseAsync().ConfigureAwait(false);
            }
        }
    }

    // Between messages nobody but the connection knows its decompressor.
    private void LetGoOfMessage()
    {
        _loop.LetGoOfMessage();
        _decompression?.Stop();
    }

    // Its first steps are taken on the thread that brought the request.
    private Task Start()
    {
        _loop.Run?.Begin();
        try
        {
            return _activated.Application.RunAsync(this);
        }
        finally
        {
            _loop.Run?.End();
        }
    }

    /// <summary>What the application threw, if it did.</summary>
    public Exception? HandlerException => _ending?.HandlerException;

    /// <summary>Ends the application's part: it is told of its exception next, and then the connection closes.</summary>
    public void FailHandler(Exception exception)
    {
        End.HandlerException ??= exception;
        _received.Complete();
        LogHandlerFailure(exception);
    }

    /// <summary>Never throws: what the application has thrown must not keep the connection from its end.</summary>
    public void LogHandlerFailure(Exception exception) => Tell(exception, Log.HandlerFailed);

    private void Tell(Exception exception, Action<ILogger, string, Exception> log)
    {
        try
        {
            log(Shared.Logger, Id, exception);
        }
        catch (Exception)
        {
            // It was the logger that threw; there is nobody left to tell.
        }
    }

    // Reading that was cancelled or cut off tells no more than that the transport has ended.
    private void TellFailure(Exception? failure)
    {
        if (failure is not null && !Transport.IsDisconnect(failure))
        {
            Log.ReceiveFailed(Shared.Logger, Id, failure);
            Abort("Reading failed.", exception: failure);
        }
    }

    private async ValueTask ReleaseAsync()
    {
        try
        {
            _opening.KeepRequest(Gate);
            if (IsAborted && !HasGivenUp)
            {
                // Whoever aborts it says so first, and may not have come to it yet.
                _transport.Abort(Gate);
            }

            _transport.LetGo(Gate);
            await _transport.CompleteAsync(_loop.Input, isAborted: IsAborted && !HasGivenUp, Shared.Time, Options.SendTimeout).ConfigureAwait(false);
        }
        finally
        {
            await ReleaseApplicationAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask ReleaseApplicationAsync()
    {
        try
        {
            await EndScopeAsync().ConfigureAwait(false);
        }
        finally
        {
            // Given back whatever the application's handler throws when it is disposed.
            using (_slot)
            {
                await _activated.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
