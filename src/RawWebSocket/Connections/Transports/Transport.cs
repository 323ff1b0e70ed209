using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace RawWebSocket.Connections.Transports;

/// <summary>
/// What a connection reads from and writes to after the 101. Three faces, one shape: the connection's own pipe where the server lends it
/// (Kestrel, HTTP/1.1), which saves a copy and an asynchronous layer each way; the same handed over for good, where the transport can do that;
/// the upgrade stream everywhere else.
/// </summary>
/// <remarks>A struct, because every connection has one, which lends its lock.</remarks>
internal struct Transport
{
    private const int StreamReadSize = 16 * 1024;

    // Null on the server's own pipe. CompleteAsync leaves that to the server. Only ReceiveLoop.GiveInputBack completes its reader, when the
    // connection has been lost or aborted: that gives its memory back, and is safe because Kestrel's HTTP/1.1 loop reads nothing more
    // after an upgrade.
    private readonly UpgradedStream? _stream;

    // Null unless the transport has handed the connection over: then the request has ended, and nothing of it may be used.
    private readonly IHandedOverConnection? _own;

    // Null after the request's end: the server may have given its objects to another request.
    private IHttpRequestLifetimeFeature? _lifetime;

    private Transport(IHandedOverConnection own)
    {
        _own = own;
        Lost = own.Closed;
    }

    private Transport(UpgradedStream? stream, IHttpRequestLifetimeFeature lifetime, CancellationToken lost)
    {
        _stream = stream;
        _lifetime = lifetime;
        Lost = lost;
    }

    /// <summary>Whether ending it while the peer still sends would cost the peer what it has not read yet: a socket of its own.</summary>
    public readonly bool MayReset => _stream is null;

    /// <summary>Cancelled when the peer's FIN or RST has come, or <see cref="Abort"/> was called.</summary>
    public CancellationToken Lost { get; }

    /// <summary>Whether whoever reads learns of that without it: a read of the server's own pipe ends with the connection.</summary>
    public readonly bool TellsReader => _stream is null;

    /// <summary>Whether the request stays as it is until its end: on HTTP/1.1 nobody but this connection uses it any more.</summary>
    public readonly bool KeepsRequest => _stream is null && _own is null;

    /// <summary>Whether it lives on without its request.</summary>
    public readonly bool OutlivesRequest => _own is not null;

    /// <summary>The connection, where the transport has handed it over.</summary>
    public readonly IHandedOverConnection? Own => _own;

    /// <summary>Whether this side can end its direction and still read the other, as TCP's may.</summary>
    public readonly bool EndsByHalves => _stream is { EndsByHalves: true };

    /// <summary>Whether the server can hand the connection, or over HTTP/2 the stream, over at all.</summary>
    public static bool CanUpgrade(HttpContext context) =>
        ExtendedConnectOf(context) is not null || context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true };

    /// <summary>Answers 101, or 200 to an extended CONNECT, and takes the connection or stream over.</summary>
    /// <param name="context">The request.</param>
    /// <param name="mayOutliveRequest">Whether the request may end here, if the transport can hand the connection over.</param>
    /// <exception cref="InvalidOperationException">The server's limit of upgraded connections is reached.</exception>
    public static async ValueTask<Upgraded> UpgradeAsync(HttpContext context, bool mayOutliveRequest = false)
    {
        var lifetime = context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
        if (ExtendedConnectOf(context) is { } connect)
        {
            return OverStream(await connect.AcceptAsync().ConfigureAwait(false), lifetime, context);
        }

        var upgrade = context.Features.GetRequiredFeature<IHttpUpgradeFeature>();
        var stream = await upgrade.UpgradeAsync().ConfigureAwait(false);

        // The pipe is only the request's own on HTTP/1.1, and only right when
        // nobody has put an upgrade of his own in front of the server's.
        if (HttpProtocol.IsHttp11(context.Request.Protocol)
            && ReferenceEquals(upgrade, lifetime)
            && context.Features.Get<IConnectionTransportFeature>()?.Transport is { } pipe)
        {
            if (mayOutliveRequest && context.Features.Get<IConnectionHandOverFeature>()?.TakeOver() is { } own)
            {
                return new(new(own), own.Pipe.Input, own.Pipe.Output);
            }

            // The connection has a token already, where the request would have to make one.
            var lost = context.Features.Get<IConnectionLifetimeFeature>()?.ConnectionClosed ?? lifetime.RequestAborted;
            return new(new(stream: null, lifetime, lost), pipe.Input, pipe.Output);
        }

        return OverStream(stream, lifetime);
    }

    private static IHttpExtendedConnectFeature? ExtendedConnectOf(HttpContext context) =>
        context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect ? connect : null;

    // A read of zero bytes waits without a buffer, so that an idle connection holds none.
    private static Upgraded OverStream(Stream stream, IHttpRequestLifetimeFeature lifetime, HttpContext? extendedConnect = null)
    {
        var input = PipeReader.Create(
            stream, new StreamPipeReaderOptions(bufferSize: StreamReadSize, leaveOpen: true, useZeroByteReads: true));
        var output = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
        return new(new(new UpgradedStream(output, extendedConnect), lifetime, lifetime.RequestAborted), input, output);
    }

    /// <summary>Whether an exception of the transport says no more than that the connection has ended.</summary>
    public static bool IsDisconnect(Exception exception) =>
        exception is IOException or OperationCanceledException or ObjectDisposedException;

    /// <summary>Drops a request whose answer has not left.</summary>
    public static void AbortRequest(HttpContext context)
    {
        if (ExtendedConnectOf(context) is not null)
        {
            UpgradedStream.Abort(context);
        }
        else
        {
            context.Abort();
        }
    }

    /// <summary>Drops the connection, unless it has been let go of; a write under way ends.</summary>
    public readonly void Abort(object gate)
    {
        _own?.Abort("The WebSocket was aborted.");
        lock (gate)
        {
            if (_lifetime is null)
            {
                return;
            }

            if (_stream is not null)
            {
                _stream.Abort(_lifetime);
            }
            else
            {
                _lifetime.Abort();
            }
        }
    }

    /// <summary>Says whether the peer is being read, to those that have to share a window with it.</summary>
    public readonly void HoldBack(bool holds) => _stream?.Window?.HoldBack(holds);

    /// <summary>
    /// Whether bytes of the peer may have been kept from this side by another stream's being held back, now or since this was last asked.
    /// For one who asks.
    /// </summary>
    public readonly bool TakeHeldBackByOthers() => _stream?.Window?.TakeHeldBack() == true;

    /// <summary>Ends this side's direction of a stream, once all that was written has left; nothing is written any more.</summary>
    public readonly Task EndOutputAsync() => _stream?.EndOutputAsync() ?? Task.CompletedTask;

    /// <summary>How many bytes the peer has not taken yet; null when that cannot be told.</summary>
    public readonly long? UntakenBytes(object gate)
    {
        lock (gate)
        {
            return _own is not null ? _own.UntakenBytes : Socket is { } socket ? SocketBacklog.BytesOf(socket) : null;
        }
    }

    /// <summary>Whether the peer has reset the connection, though the server may not have seen it; false also when that cannot be told.</summary>
    public readonly bool HasReset(object gate)
    {
        lock (gate)
        {
            // A transport that hands over tells of a reset itself, also behind what nobody has read.
            return Socket is { } socket && SocketReset.HasCome(socket);
        }
    }

    /// <summary>Whether bytes of the peer wait in the socket, unread by the server; false also when that cannot be told.</summary>
    public readonly bool HasUnreadInput(object gate)
    {
        lock (gate)
        {
            return _own?.HasUnreadInput ?? (Socket is { } socket && SocketInput.WaitsIn(socket));
        }
    }

    // Only of a connection of its own: over HTTP/2 the socket carries other streams too. The server's request is its features, too, and has
    // what the connection offers.
    private readonly Socket? Socket => MayReset ? (_lifetime as IFeatureCollection)?.Get<IConnectionSocketFeature>()?.Socket : null;

    /// <summary>The request ends: the server ends the connection itself, gracefully, when the request's delegate returns.</summary>
    public void LetGo(object gate)
    {
        lock (gate)
        {
            _lifetime = null;
        }
    }

    /// <summary>Gives the buffers back.</summary>
    /// <param name="input">What was read.</param>
    /// <param name="isAborted">Whether what has been written and not flushed, perhaps half a frame, must not leave any more.</param>
    /// <param name="time">The clock.</param>
    /// <param name="sendTimeout">How long the peer may take for what is left, where nobody else sees to that.</param>
    public readonly async ValueTask CompleteAsync(PipeReader input, bool isAborted, TimeProvider time, TimeSpan sendTimeout)
    {
        if (_own is not null)
        {
            await EndOwnAsync(_own, input, isAborted, time, sendTimeout).ConfigureAwait(false);
            return;
        }

        if (_stream is null)
        {
            return;
        }

        _stream.Window?.Leave();
        await input.CompleteAsync().ConfigureAwait(false);
        try
        {
            await _stream.Output.CompleteAsync(isAborted ? new IOException("The connection was aborted.") : null).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsDisconnect(exception))
        {
            // What was not flushed has nowhere to go any more.
        }
    }

    // With a FIN behind all that was sent, unless it was aborted.
    private static async ValueTask EndOwnAsync(
        IHandedOverConnection own, PipeReader input, bool isAborted, TimeProvider time, TimeSpan sendTimeout)
    {
        if (isAborted)
        {
            own.Abort("The WebSocket was aborted.");
        }

        await input.CompleteAsync().ConfigureAwait(false);
        await own.Pipe.Output.CompleteAsync().ConfigureAwait(false);
        var ending = own.DisposeAsync().AsTask();
        try
        {
            await ending.WaitAsync(sendTimeout, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            own.Abort("The peer did not take the rest of what was sent.");
            await ending.ConfigureAwait(false);
        }
    }
}
