using RawWebSocket.Connections.Sending;

namespace RawWebSocket.Tests.Connections.Model;

/// <summary>
/// What a send queue may do and has to, told without locks, tasks or chunks: it is told what is asked of the queue, and compares what the
/// queue has written since.
/// </summary>
internal sealed partial class SendQueueModel(SendTerms marks, ScheduledOutput output)
{
    private const int Chunk = 64 * 1024;

    private readonly List<ModelFrame> _waiting = [];
    private readonly List<ModelFrame> _pings = [];
    private ModelFrame? _pong;
    private ModelFrame? _fragment;
    private bool _streaming;
    private bool _streamBegun;
    private bool _interrupted;
    private bool _tooMuch;

    public bool IsClosing { get; private set; }

    public bool IsStopped { get; private set; }

    public bool InBatch { get; set; }

    public List<string> Dropped { get; } = [];

    public List<HeldUpBy> Overflows { get; } = [];

    public int TooMuchQueued { get; private set; }

    private bool IsFree => !output.IsFlushing && !_streaming && _waiting.Count == 0;

    private long Posted => _waiting.Where(frame => frame.Kind == ModelKind.Post).Sum(frame => frame.Size);

    public void Send(ModelFrame send)
    {
        if (IsClosing || IsStopped)
        {
            Decide(send, Fate.Closed);
        }
        else
        {
            Add(send);
        }
    }

    public PostResult Post(ModelFrame post)
    {
        if (IsClosing || IsStopped)
        {
            return PostResult.Closed;
        }

        if (IsFree && post.Size <= Chunk)
        {
            Add(post);
            return PostResult.Queued;
        }

        _tooMuch &= Posted > marks.Low;
        var same = _waiting.FindIndex(frame => frame.Key is not null && frame.Key == post.Key);
        var replaced = same < 0 ? null : _waiting[same];
        if (!Fits(post, replaced) && MakeRoom(post, replaced) is { } refused)
        {
            return refused;
        }

        if (replaced is null)
        {
            Add(post);
        }
        else
        {
            post.HasWaited = true;
            _waiting[_waiting.IndexOf(replaced)] = post;
            Dropped.Add(DropReason.Replaced);
        }

        return PostResult.Queued;
    }

    public void Begin(ModelFrame turn)
    {
        if (IsClosing || IsStopped)
        {
            Decide(turn, Fate.Closed);
        }
        else if (IsFree)
        {
            _streaming = true;
            Decide(turn, Fate.Sent);
        }
        else
        {
            Add(turn);
        }
    }

    public void SendFragment(ModelFrame fragment)
    {
        if (_interrupted)
        {
            Decide(fragment, Fate.Closed);
            return;
        }

        fragment.HasWaited = output.IsFlushing;
        fragment.InBatch = InBatch && !fragment.HasWaited;
        _fragment = fragment;
    }

    public void Abandon() => _streaming = false;

    public void Control(ModelFrame frame)
    {
        if (_closeBegun || IsStopped)
        {
            return;
        }

        frame.HasWaited = output.IsFlushing;
        if (frame.Kind == ModelKind.Pong)
        {
            _pong = frame;
            return;
        }

        _pings.Add(frame);
        if (_pings.Count > 16)
        {
            _pings.RemoveAt(0);
        }
    }

    public void Cancel(ModelFrame frame)
    {
        if (_waiting.Remove(frame))
        {
            Decide(frame, Fate.Cancelled);
        }
    }

    /// <param name="close">Asked for by the first close.</param>
    /// <param name="streamed">What becomes of a message in fragments.</param>
    public void Close(ModelFrame close, StreamedMessage streamed)
    {
        if (IsStopped)
        {
            Decide(close, close.Task is null ? Fate.Closed : close.Fate);
            return;
        }

        if (streamed == StreamedMessage.IsInterrupted)
        {
            Interrupt();
        }

        if (!IsClosing)
        {
            IsClosing = true;
            close.HasWaited = true;
            _waiting.Add(close);
        }
    }

    /// <summary>The close frame is to wait for nothing any more.</summary>
    public void HurryClose()
    {
        if (_waiting.Exists(static frame => frame.Kind == ModelKind.Close))
        {
            Interrupt();
            DropAll(static frame => frame.Kind != ModelKind.Close);
        }
    }

    public void Stop()
    {
        IsStopped = true;
        Interrupt();
        DropAll(static _ => true);
        _pong = null;
        _pings.Clear();
    }

    // Alone, or no longer than what it replaces, it always fits.
    private bool Fits(ModelFrame post, ModelFrame? replaced)
    {
        var others = Posted - (replaced?.Size ?? 0);
        return others == 0 || post.Size <= (replaced?.Size ?? 0) || others + post.Size <= marks.High;
    }

    // What the policy says; null when the post is queued all the same.
    private PostResult? MakeRoom(ModelFrame post, ModelFrame? replaced)
    {
        if (marks.Policy == SlowReaderPolicy.Close)
        {
            Overflows.Add(_streaming && !output.IsFlushing ? HeldUpBy.Application : HeldUpBy.Peer);
            return PostResult.Closed;
        }

        TooMuchQueued += _tooMuch ? 0 : 1;
        _tooMuch = true;
        if (marks.Policy == SlowReaderPolicy.DropNewest)
        {
            Dropped.Add(DropReason.Newest);
            return PostResult.Dropped;
        }

        while (marks.Policy == SlowReaderPolicy.DropOldest && !Fits(post, replaced))
        {
            _waiting.Remove(_waiting.First(frame => frame.Kind == ModelKind.Post && frame != replaced));
            Dropped.Add(DropReason.Oldest);
        }

        return null;
    }

    private void Add(ModelFrame frame)
    {
        frame.HasWaited = !IsFree || frame.Size > Chunk;
        frame.InBatch = InBatch && !frame.HasWaited;
        _waiting.Add(frame);
    }

    private void Interrupt()
    {
        _streaming = false;
        _interrupted = true;
        if (_fragment is { } fragment)
        {
            _fragment = null;
            Decide(fragment, Fate.Closed);
        }

        if (_streamBegun)
        {
            DropAll(static frame => frame.Kind != ModelKind.Close);
        }
    }

    private void DropAll(Func<ModelFrame, bool> which)
    {
        foreach (var frame in _waiting.Where(which).ToList())
        {
            _waiting.Remove(frame);
            Decide(frame, Fate.Closed);
        }
    }

    // Some are told before the flush: the sender of a frame in a batch, and who gets the turn to send fragments. The model does not see that
    // when the output throws later in the same step. Either is right then, but one of both it must be.
    private void Decide(ModelFrame frame, Fate fate)
    {
        var mayBeEither = output.HasFailed && (frame.InBatch || frame.Kind == ModelKind.Turn) && frame.Told is (Fate.Sent or Fate.Closed);
        frame.Fate = mayBeEither ? frame.Told : fate;
    }
}
