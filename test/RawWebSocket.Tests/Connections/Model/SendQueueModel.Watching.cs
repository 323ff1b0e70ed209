using RawWebSocket.Connections.Sending;

namespace RawWebSocket.Tests.Connections.Model;

/// <content>Watching what the queue does: the order of its frames, what it is to have done, and what it holds.</content>
internal sealed partial class SendQueueModel
{
    private readonly List<ModelFrame> _inFlight = [];

    // Written in a batch, of which the output is told at the batch's end.
    private readonly Queue<ModelFrame> _unseen = new();
    private ModelFrame? _writing;
    private int _read;
    private long _begun;
    private long _takenAway;
    private bool _closeBegun;

    /// <summary>What is told as buffered: what waits, and what no flush has carried to its end.</summary>
    public long Buffered => _waiting.Sum(frame => frame.Size) + (_fragment?.Size ?? 0) + _begun - Math.Max(_takenAway, output.Flushed);

    /// <summary>
    /// What memory is charged for: what waits, or had to wait and is not done with; and what was written straight into a transport that has
    /// not taken it yet.
    /// </summary>
    public long Held => WrittenStraight + _waiting.Append(_fragment).Concat(_inFlight).OfType<ModelFrame>()
        .Where(frame => frame is { HasWaited: true, IsControl: false }).Sum(frame => frame.Size + Pending.Overhead);

    private long WrittenStraight =>
        output.IsFlushing && !_inFlight.Exists(frame => frame.HasWaited) ? output.Written.Length - output.Flushed : 0;

    public bool HasDrained => !output.IsFlushing && Buffered <= marks.Low;

    /// <summary>Compares what has been written since, and works out who must have been told what.</summary>
    public void Watch()
    {
        while (_read < output.Written.Length)
        {
            _writing ??= _unseen.TryDequeue(out var unseen) ? unseen : Next();
            ReadOn(_writing);
        }

        while (InBatch && !output.IsFlushing && !output.HasFailed && !IsStopped && HasNext)
        {
            var unseen = Next();
            unseen.End = _begun;
            _unseen.Enqueue(unseen);
        }

        // Once messages in fragments are interrupted, none gets a turn any more: a close frame would wait for it.
        if (!_streaming && !_interrupted && _waiting is [{ Kind: ModelKind.Turn, Told: Fate.Sent }, ..])
        {
            Decide(TakeFirst(_waiting), Fate.Sent);
            _streaming = true;
        }

        EndFlights();
        if (IsStopped && !output.IsFlushing)
        {
            _takenAway = _begun;
        }

        if (!output.IsFlushing && !IsStopped)
        {
            CheckNothingWaitsForNothing();
        }
    }

    private bool HasNext =>
        _pong is not null || _pings.Count > 0 || _fragment is not null
        || (!_streaming && _waiting is [{ Kind: not ModelKind.Turn }, ..]);

    // The frame that may come next: control frames first, then the fragment that waits, then whole messages in their order.
    private ModelFrame Next()
    {
        IsStopped.ShouldBeFalse("A stopped queue begins no frame.");
        _closeBegun.ShouldBeFalse("Section 5.5.1: nothing follows a close frame.");
        var frame = TakeNext();
        frame.Start = _begun;
        _begun += frame.Size;
        _inFlight.Add(frame);
        _closeBegun |= frame.Kind == ModelKind.Close;
        if (frame.Kind == ModelKind.Fragment)
        {
            _streaming = _streamBegun = !frame.IsFinal;
        }

        return frame;
    }

    private ModelFrame TakeNext()
    {
        if (_pong is { } pong)
        {
            _pong = null;
            return pong;
        }

        if (_pings.Count > 0)
        {
            return TakeFirst(_pings);
        }

        if (_fragment is { } fragment)
        {
            _fragment = null;
            return fragment;
        }

        _streaming.ShouldBeFalse("Section 5.4: no message between the fragments of another.");
        while (_interrupted && _waiting is [{ Kind: ModelKind.Turn }, ..])
        {
            Decide(TakeFirst(_waiting), Fate.Closed);
        }

        _waiting.ShouldNotBeEmpty("Something was written that nobody sends.");
        _waiting[0].Kind.ShouldNotBe(ModelKind.Turn, "Another message's turn is next.");
        return TakeFirst(_waiting);
    }

    private void ReadOn(ModelFrame frame)
    {
        var offset = _read - (int)frame.Start;
        var length = Math.Min(output.Written.Length - _read, frame.Size - offset);
        output.Written.Slice(_read, length).SequenceEqual(frame.Bytes.AsSpan(offset, length))
            .ShouldBeTrue($"Of {frame}, byte {offset} and what follows.");
        _read += length;
        if (_read == frame.Start + frame.Size)
        {
            frame.End = _read;
            _writing = null;
        }
    }

    private void EndFlights()
    {
        foreach (var frame in _inFlight.ToList())
        {
            if (frame is { InBatch: true, End: not null })
            {
                Decide(frame, Fate.Sent);
            }

            if (frame.End <= output.Flushed || output.HasFailed)
            {
                _inFlight.Remove(frame);
                if (frame.Fate == Fate.Undecided)
                {
                    Decide(frame, frame.End <= output.Flushed ? Fate.Sent : Fate.Closed);
                }
            }
        }

        if (output.HasFailed)
        {
            Stop();
        }
    }

    private void CheckNothingWaitsForNothing()
    {
        _writing.ShouldBeNull("The output is free, and a frame is not finished.");
        _pong.ShouldBeNull("The output is free, and a pong waits.");
        _pings.ShouldBeEmpty("The output is free, and a ping waits.");
        _fragment.ShouldBeNull("The output is free, and a fragment waits.");
        if (!_streaming)
        {
            _waiting.ShouldBeEmpty("The output is free, and messages wait.");
        }
    }

    private static ModelFrame TakeFirst(List<ModelFrame> frames)
    {
        var first = frames[0];
        frames.RemoveAt(0);
        return first;
    }
}
