using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Sending;

/// <summary>What waits in a <see cref="SendQueue"/>, in the order of its turns; the posts among it also by age and by key.</summary>
/// <remarks>Every step takes the same time, however much waits. Used under the queue's lock.</remarks>
internal sealed class WaitingSends
{
    private Pending? _last;
    private PendingPost? _newestPost;
    private Dictionary<string, PendingPost>? _byKey;

    public Pending? First { get; private set; }

    public PendingPost? OldestPost { get; private set; }

    /// <summary>Of all that waits.</summary>
    public long Bytes { get; private set; }

    /// <summary>Of the posts.</summary>
    public long PostedBytes { get; private set; }

    public PendingPost? Find(string? key) => key is null ? null : _byKey?.GetValueOrDefault(key);

    public void Add(Pending pending)
    {
        pending.IsWaiting = true;
        pending.Previous = _last;
        if (_last is null)
        {
            First = pending;
        }
        else
        {
            _last.Next = pending;
        }

        _last = pending;
        Bytes += pending.Size;
        if (pending is PendingPost post)
        {
            AddPost(post);
        }
    }

    public void Remove(Pending pending)
    {
        pending.IsWaiting = false;
        var (previous, next) = (pending.Previous, pending.Next);
        if (previous is null)
        {
            First = next;
        }
        else
        {
            previous.Next = next;
        }

        if (next is null)
        {
            _last = previous;
        }
        else
        {
            next.Previous = previous;
        }

        (pending.Previous, pending.Next) = (null, null);
        Bytes -= pending.Size;
        if (pending is PendingPost post)
        {
            RemovePost(post);
        }
    }

    /// <summary>Puts a newer frame in the place of one that waits.</summary>
    public void Replace(PendingPost post, EncodedFrame newer, IMemoryAccount account)
    {
        var growth = newer.Size - post.Size;
        post.Replace(newer, account);
        Bytes += growth;
        PostedBytes += growth;
    }

    private void AddPost(PendingPost post)
    {
        post.Older = _newestPost;
        if (_newestPost is null)
        {
            OldestPost = post;
        }
        else
        {
            _newestPost.Newer = post;
        }

        _newestPost = post;
        PostedBytes += post.Size;
        if (post.Key is { } key)
        {
            (_byKey ??= new(StringComparer.Ordinal)).Add(key, post);
        }
    }

    private void RemovePost(PendingPost post)
    {
        var (older, newer) = (post.Older, post.Newer);
        if (older is null)
        {
            OldestPost = newer;
        }
        else
        {
            older.Newer = newer;
        }

        if (newer is null)
        {
            _newestPost = older;
        }
        else
        {
            newer.Older = older;
        }

        (post.Older, post.Newer) = (null, null);
        PostedBytes -= post.Size;

        // Not kept when it is empty: it may have grown, and the connection may be idle from now on.
        if (post.Key is { } key && _byKey!.Remove(key) && _byKey.Count == 0)
        {
            _byKey = null;
        }
    }
}
