using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Sending;

/// <summary>
/// What a <see cref="SendQueue"/> has waiting, and what it has written that no flush has carried to its end yet. Made when something has to
/// wait: most connections never send faster than their peer reads.
/// </summary>
/// <remarks>Without lock or I/O; used under the queue's lock.</remarks>
/// <param name="memory">Charged for all of it.</param>
internal sealed class Backlog(IMemoryAccount memory)
{
    // A pong answers the pings before its own as well, so the latest say all. The older ones are there for their round-trip times.
    private const int MaxWaitingPings = 16;

    // More room than this is not kept when a flood of small messages has been written.
    private const int UsualCount = 64;

    private readonly List<Pending> _written = [];
    private Queue<byte[]>? _pings;
    private byte[]? _pong;

    /// <summary>Whole messages, the right to send one in fragments, and at the end the close frame: in the order of their turns.</summary>
    public WaitingSends Waiting { get; } = new();

    /// <summary>The next fragment of the message whose turn it is.</summary>
    public PendingSend? Fragment { get; private set; }

    /// <summary>The message that is being written a portion at a time.</summary>
    public LongMessage? Long { get; private set; }

    /// <summary>Told when little is left, with whether anything can be sent still.</summary>
    public TaskCompletionSource<bool>? Drained { get; set; }

    /// <summary>Told when nobody holds the output any more.</summary>
    public TaskCompletionSource? Idle { get; set; }

    public bool HasControlFrames => _pong is not null || _pings is { Count: > 0 };

    /// <summary>Bytes of frames that wait, or are yet to be written; control frames count once they are.</summary>
    public long Bytes => Waiting.Bytes + (Fragment?.Size ?? 0) + (Long?.Rest ?? 0);

    /// <summary>How much of what is held others hold as well.</summary>
    public long SharedBytes
    {
        get
        {
            var shared = (Long?.Pending as PendingPost)?.Frame.SharedBytes ?? 0;
            foreach (var post in _written.OfType<PendingPost>())
            {
                shared += post.Frame.SharedBytes;
            }

            for (var post = Waiting.OldestPost; post is not null; post = post.Newer)
            {
                shared += post.Frame.SharedBytes;
            }

            return shared;
        }
    }

    public void Add(Pending pending)
    {
        Waiting.Add(pending);
        pending.Hold(memory);
    }

    /// <summary>Puts a post in the place of an older one with the same key.</summary>
    public void Replace(PendingPost post, EncodedFrame newer) => Waiting.Replace(post, newer, memory);

    /// <summary>Takes out what will not be written; whoever waits for it is for the caller to tell.</summary>
    public void Discard(Pending pending)
    {
        Waiting.Remove(pending);
        pending.LetGo(memory);
    }

    public void AddFragment(PendingSend fragment)
    {
        Fragment = fragment;
        fragment.Hold(memory);
    }

    /// <summary>Takes the fragment out for writing; null when there is none.</summary>
    public PendingSend? TakeFragment()
    {
        var fragment = Fragment;
        Fragment = null;
        return fragment;
    }

    public void BeginLong(LongMessage message) => Long = message;

    /// <summary>The last portion has been written.</summary>
    public void EndLong()
    {
        _written.Add(Long!.Pending);
        Long = null;
    }

    /// <summary>Keeps a ping or a pong. Of pongs only the latest is kept (RFC 6455 section 5.5.3), of pings the latest 16.</summary>
    public void AddControl(Opcode opcode, byte[] payload)
    {
        if (opcode == Opcode.Pong)
        {
            _pong = payload;
            return;
        }

        _pings ??= new();
        if (_pings.Count == MaxWaitingPings)
        {
            _pings.Dequeue();
        }

        _pings.Enqueue(payload);
    }

    /// <summary>Takes the next control frame out for writing.</summary>
    public bool TryTakeControl(out Opcode opcode, out byte[] payload)
    {
        if (_pong is { } pong)
        {
            (opcode, payload, _pong) = (Opcode.Pong, pong, null);
            return true;
        }

        opcode = Opcode.Ping;
        payload = [];
        return _pings?.TryDequeue(out payload!) == true;
    }

    public void ForgetControls() => (_pong, _pings) = (null, null);

    /// <summary>Takes the first out for writing. Its sender is told when the flush that carries it has ended.</summary>
    public void TakeForWriting(Pending pending)
    {
        Waiting.Remove(pending);
        _written.Add(pending);
    }

    /// <summary>Notes a fragment that has been taken out and written.</summary>
    public void AddWritten(Pending pending) => _written.Add(pending);

    /// <summary>Tells the senders of all that has been written. If nothing more can be sent, of what has been written in part as well.</summary>
    public void FinishWritten(SendResult result)
    {
        if (result == SendResult.Closed && Long is not null)
        {
            EndLong();
        }

        foreach (var pending in _written)
        {
            Finish(pending, result);
        }

        _written.Clear();
        if (_written.Capacity > UsualCount)
        {
            _written.Capacity = 0;
        }
    }

    /// <summary>Lets go of one that is not in <see cref="Waiting"/> any more, and tells its sender.</summary>
    public void Finish(Pending pending, SendResult result)
    {
        pending.LetGo(memory);
        pending.Complete(result);
    }
}
