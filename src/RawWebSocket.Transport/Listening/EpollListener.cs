using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using RawWebSocket.Transport.Connections;
using RawWebSocket.Transport.Loops;
using RawWebSocket.Transport.Native;

namespace RawWebSocket.Transport.Listening;

/// <summary>
/// Accepts connections for Kestrel, on the thread that asks for one: so no more are taken than are dealt with, and the others wait in the
/// system's queue. A loop only tells that there are some.
/// </summary>
internal sealed class EpollListener : IConnectionListener, ILoopMember
{
    private readonly SocketDescriptor _socket;
    private readonly EventLoop[] _loops;
    private readonly LoopGroup _group;
    private readonly ConnectionSettings _settings;
    private readonly Arrivals _arrivals = new();
    private readonly Shortage _shortage;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isUnbound;
    private int _isDisposed;
    private bool _isClosed;
    private int _turn;

    public EpollListener(EndPoint endPoint, LoopGroup group, ConnectionSettings settings)
    {
        (_socket, EndPoint) = ListeningSocket.Open(endPoint, settings.Sockets.Backlog);
        _group = group;
        _settings = settings;
        _shortage = new Shortage(settings.HostLogger, EndPoint);
        try
        {
            _loops = group.Join();
            Watch();
        }
        catch
        {
            SocketCalls.Close(_socket.Number);
            throw;
        }
    }

    public EndPoint EndPoint { get; }

    /// <inheritdoc/>
    public int Place { get; set; }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (_socket.TryUse())
        {
            var address = new SocketAddress(EndPoint.AddressFamily);
            int number;
            try
            {
                number = _shortage.AllowsAnother() ? SocketCalls.Accept(_socket.Number, address) : -Errno.TooManyFiles;
            }
            finally
            {
                _socket.Release();
            }

            if (number >= 0)
            {
                _shortage.Accepted(number);
                if (TryConnect(number, address) is { } connection)
                {
                    return connection;
                }
            }
            else if (number == -Errno.TryAgain)
            {
                await _arrivals.WaitAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            else if (Errno.IsShortage(-number))
            {
                await _shortage.WaitAsync(-number, cancellationToken).ConfigureAwait(false);
            }
            else if (number is -Errno.BadDescriptor or -Errno.Invalid or -Errno.NotSocket)
            {
                throw Errno.Exception(-number);
            }

            // All else is the fault of the one that was to be accepted: it has gone already, or its network has.
        }

        return null;
    }

    /// <summary>
    /// Accepts nothing more; completes when the endpoint is free for others. A token does not stop it, it only waits no longer: who stops a
    /// host in a hurry still has connections to end.
    /// </summary>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _isUnbound, 1) == 0)
        {
            DeleteFile();
            _loops[0].Post(this);
        }

        await _closed.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync().ConfigureAwait(false);
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _group.Leave();
        }
    }

    /// <inheritdoc/>
    public void OnEvents(EpollFlags flags) => _arrivals.Tell();

    /// <inheritdoc/>
    public void OnPosted()
    {
        if (_isClosed)
        {
            return;
        }

        if (!_socket.TryRetire())
        {
            _loops[0].Post(this);
            return;
        }

        _isClosed = true;
        _loops[0].Remove(this);
        SocketCalls.Close(_socket.Number);
        _arrivals.Tell();
        _closed.TrySetResult();
    }

    /// <inheritdoc/>
    public void OnFault(Exception exception) => _arrivals.Tell();

    private void Watch()
    {
        try
        {
            _loops[0].Add(this, _socket.Number, EpollFlags.Readable);
        }
        catch
        {
            _group.Leave();
            throw;
        }
    }

    // Null when the system refuses to watch it; then it is closed.
    private EpollConnection? TryConnect(int number, SocketAddress address)
    {
        try
        {
            if (EndPoint is IPEndPoint && _settings.Sockets.NoDelay)
            {
                SocketSettings.DelayNothing(number);
            }

            var loop = _loops[(int)((uint)Interlocked.Increment(ref _turn) % (uint)_loops.Length)];
            var remote = EndPoint.Create(address);
            var connection = new EpollConnection(new SocketDescriptor(number), loop, _settings, LocalEndPoint(number), remote);
            connection.Start();
            return connection;
        }
        catch (SocketException exception)
        {
            SocketCalls.Close(number);
            Log.NotWatched(_settings.HostLogger, exception);
            return null;
        }
    }

    private EndPoint LocalEndPoint(int number) =>
        EndPoint is IPEndPoint ip && (ip.Address.Equals(IPAddress.Any) || ip.Address.Equals(IPAddress.IPv6Any))
            ? SocketCalls.LocalEndPoint(number, EndPoint)
            : EndPoint;

    // Names that begin with a zero are of no file.
    private void DeleteFile()
    {
        if (EndPoint is not UnixDomainSocketEndPoint || EndPoint.ToString() is not { Length: > 0 } path || path[0] is '\0' or '@')
        {
            return;
        }

        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.FileNotDeleted(_settings.HostLogger, exception, path);
        }
    }
}
