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
        Lost = 2,
        Close = 4,
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
            Lose(Errno.ConnectionReset);
        }
        else if ((flags & EpollFlags.Writable) != 0)
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
        _isReadable |= (posts & Posts.Lost) != 0;
        if ((posts & (Posts.Receive | Posts.Lost)) != 0)
        {
            Receive();
        }

        if ((posts & Posts.Close) != 0)
        {
            CloseDescriptor();
        }
    }

    /// <inheritdoc/>
    public void OnFault(Exception exception)
    {
        var reason = new ConnectionAbortedException("Code that waited for the connection has failed on the event loop.", exception);
        Drop(reason);

        // One that is lost is not kept for a reader that has failed.
        _input.Break(reason);
        Post(Posts.Close);
    }

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
                CloseIfLostAndUnread();
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
            _isReadable = count == most || _isPeerFinished || _loss is not null;
            _input.Deliver(_loop.Blocks, count);
            return;
        }

        _isReadable = false;
        if (count < 0 && count != -Errno.TryAgain)
        {
            Lose(-count);
        }

        if (_loss is { } loss)
        {
            // A send may have taken the error, so that this looks like an end, or like more to come.
            Post(Posts.Close);
            _input.Fail(loss);
        }
        else if (count == 0)
        {
            Log.PeerFinished(_logger, ConnectionId);
            _input.Finish();
            TellClosed();
        }
    }

    // Only a reader that is behind has what a lost connection is kept for.
    private void CloseIfLostAndUnread()
    {
        if (_loss is not null && _input.IsOver)
        {
            Post(Posts.Close);
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
