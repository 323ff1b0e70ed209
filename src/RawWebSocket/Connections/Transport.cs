using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace RawWebSocket.Connections;

/// <summary>
/// What a connection reads from and writes to after the 101. Two faces, one shape: the connection's own pipe where the server lends it
/// (Kestrel, HTTP/1.1), which saves a copy and an asynchronous layer each way; the upgrade stream everywhere else.
/// </summary>
internal sealed class Transport
{
    private const int StreamReadSize = 16 * 1024;

    private readonly IHttpRequestLifetimeFeature _lifetime;
    private readonly bool _ownsPipes;
    private bool _isReleased;

    private Transport(PipeReader input, PipeWriter output, IHttpRequestLifetimeFeature lifetime, bool ownsPipes, CancellationToken lost)
    {
        Input = input;
        Output = output;
        _lifetime = lifetime;
        _ownsPipes = ownsPipes;
        Lost = lost;
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <summary>The socket that <see cref="Output"/> ends in, if frames may be sent through it.</summary>
    public Socket? Socket { get; private init; }

    /// <summary>Whether ending it while the peer still sends would cost the peer what it has not read yet: a socket of its own.</summary>
    public bool MayReset => !_ownsPipes;

    /// <summary>Cancelled when the peer's FIN or RST has come, or <see cref="Abort"/> was called.</summary>
    public CancellationToken Lost { get; }

    /// <summary>Whether whoever reads learns of that without it: a read of the server's own pipe ends with the connection.</summary>
    public bool TellsReader => !_ownsPipes;

    /// <summary>Whether the request stays as it is until its end: on HTTP/1.1 nobody but this connection uses it any more.</summary>
    public bool KeepsRequest => !_ownsPipes;

    /// <summary>Whether the server can hand the connection, or over HTTP/2 the stream, over at all.</summary>
    public static bool CanUpgrade(HttpContext context) =>
        ExtendedConnectOf(context) is not null || context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true };

    /// <summary>Answers 101, or 200 to an extended CONNECT, and takes the connection or stream over.</summary>
    /// <param name="context">The request.</param>
    /// <param name="sockets">The way to the socket, if it is wanted.</param>
    /// <exception cref="InvalidOperationException">The server's limit of upgraded connections is reached.</exception>
    public static async ValueTask<Transport> UpgradeAsync(HttpContext context, SocketAccess? sockets = null)
    {
        var lifetime = context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
        if (ExtendedConnectOf(context) is { } connect)
        {
            return OverStream(await connect.AcceptAsync().ConfigureAwait(false), lifetime);
        }

        var upgrade = context.Features.GetRequiredFeature<IHttpUpgradeFeature>();
        var stream = await upgrade.UpgradeAsync().ConfigureAwait(false);

        // The pipe is only the request's own on HTTP/1.1, and only right when
        // nobody has put an upgrade of his own in front of the server's.
        if (HttpProtocol.IsHttp11(context.Request.Protocol)
            && ReferenceEquals(upgrade, lifetime)
            && context.Features.Get<IConnectionTransportFeature>()?.Transport is { } pipe)
        {
            // The connection has a token already, where the request would have to make one.
            var lost = context.Features.Get<IConnectionLifetimeFeature>()?.ConnectionClosed ?? lifetime.RequestAborted;
            return new Transport(pipe.Input, pipe.Output, lifetime, ownsPipes: false, lost)
            {
                Socket = sockets?.Find(context.Features, pipe),
            };
        }

        return OverStream(stream, lifetime);
    }

    private static IHttpExtendedConnectFeature? ExtendedConnectOf(HttpContext context) =>
        context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect ? connect : null;

    // A read of zero bytes waits without a buffer, so that an idle connection holds none.
    private static Transport OverStream(Stream stream, IHttpRequestLifetimeFeature lifetime)
    {
        var input = PipeReader.Create(
            stream, new StreamPipeReaderOptions(bufferSize: StreamReadSize, leaveOpen: true, useZeroByteReads: true));
        var output = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
        return new Transport(input, output, lifetime, ownsPipes: true, lifetime.RequestAborted);
    }

    /// <summary>Whether an exception of the transport says no more than that the connection has ended.</summary>
    public static bool IsDisconnect(Exception exception) =>
        exception is IOException or OperationCanceledException or ObjectDisposedException;

    /// <summary>Drops the connection; a read or write under way ends.</summary>
    public void Abort()
    {
        // Not after the request's end: the server may have given its objects to another request.
        lock (this)
        {
            if (_isReleased)
            {
                return;
            }

            _lifetime.Abort();
        }

        Input.CancelPendingRead();
    }

    /// <summary>Gives the buffers back. The server ends the connection itself, gracefully, when the request's delegate returns.</summary>
    public async ValueTask ReleaseAsync()
    {
        lock (this)
        {
            _isReleased = true;
        }

        if (_ownsPipes)
        {
            await Input.CompleteAsync().ConfigureAwait(false);
            try
            {
                await Output.CompleteAsync().ConfigureAwait(false);
            }
            catch (Exception exception) when (IsDisconnect(exception))
            {
                // What was not flushed has nowhere to go any more.
            }
        }
    }
}
