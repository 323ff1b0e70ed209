using Microsoft.AspNetCore.Connections;
using RawWebSocket.Transport.Native;

namespace RawWebSocket.Transport.Connections;

// What the loop's thread does for the connection.
internal sealed partial class EpollConnection
{
    // Then the others get their turn.
    private const int ReceivesPerTurn = 16;

    private int _posts;

    // epoll tells each only once.
    private bool _isReadable;
    private volatile bool _isPeerFinished;

    /// <summary>What has been asked of the loop's thread.</summary>
    [Flags]
    private enum Posts
    {
        None = 0,
        Receive = 1,
        Close = 2,
    }

    /// <inheritdoc/>
    public int Place { get; set; }

    /// <inheritdoc/>
    public void OnEvents(EpollFlags flags)
    {
        if ((flags & (EpollFlags.PeerClosed | EpollFlags.HangUp)) != 0)
        {
            _isPeerFinished = true;
            TellClosedIfUnread();
        }

        if ((flags & EpollFlags.Error) != 0)
        {
            // What came before the reset is still there. Then, even if nobody reads now, whoever is at work for the peer is told, and what was
            // kept for it is let go of.
            _isReadable = true;
            Receive();
            Lose(Errno.ConnectionReset);
            return;
        }

        if ((flags & EpollFlags.Writable) != 0)
        {
            _output.OnWritable();
        }

        _isReadable |= (flags & ~EpollFlags.Writable) != 0;
        Receive();
    }

    /// <inheritdoc/>
    public void OnPosted()
    {
        var posts = (Posts)Interlocked.Exchange(ref _posts, 0);
        if ((posts & Posts.Receive) != 0)
        {
            Receive();
        }

        if ((posts & Posts.Close) != 0)
        {
            CloseDescriptor();
        }
    }

    /// <inheritdoc/>
    public void OnFault(Exception exception) =>
        Drop(new ConnectionAbortedException("Code that waited for the connection has failed on the event loop.", exception));

    /// <inheritdoc/>
    public void RunOnPool(IThreadPoolWorkItem item) => _loop.Pool.Add(item);

    /// <inheritdoc/>
    public void Resume() => Post(Posts.Receive);

    private void Receive()
    {
        for (var i = 0; i < ReceivesPerTurn; i++)
        {
            if (!_isReadable || !_descriptor.IsOpen)
            {
                return;
            }

            var block = _loop.Blocks.Current;
            var most = _input.Allowance(block.Bytes.Length);
            if (most == 0)
            {
                return;
            }

            Take(most, SocketCalls.Receive(_descriptor.Number, block.Bytes[..most]));
        }

        Post(Posts.Receive);
    }

    private void Take(int most, int count)
    {
        if (count > 0)
        {
            // Less than was asked for was all, unless the end stands behind it, which is not told again.
            _isReadable = count == most || _isPeerFinished;
            _input.Deliver(_loop.Blocks, count);
        }
        else if (count == 0)
        {
            _isReadable = false;
            Log.PeerFinished(_logger, ConnectionId);
            _input.Finish();
            TellClosed();
        }
        else
        {
            _isReadable = false;
            if (count != -Errno.TryAgain)
            {
                Lose(-count);
            }
        }
    }

    private void Post(Posts post)
    {
        if (Interlocked.Or(ref _posts, (int)post) == 0)
        {
            _loop.Post(this);
        }
    }
}
