namespace RawWebSocket.Tests.Connections.Stress;

/// <content>What a sender was told, compared with whether it has arrived and when it was asked for.</content>
internal sealed partial class RecordingChecker
{
    private void CheckFate(Sending sending)
    {
        var hasArrived = _arrived.Contains(sending);
        switch (sending.Outcome)
        {
            case Outcome.Pending:
                Note(Rule.EverythingEnds, $"{sending}");
                break;
            case Outcome.Threw:
                Note(Rule.NothingThrows, $"{sending}");
                break;
            case Outcome.Cancelled when hasArrived:
                Note(Rule.WhatWasCancelledDoesNotArrive, $"{sending}");
                break;
            case Outcome.Dropped or Outcome.Abandoned when hasArrived:
                Note(Rule.WhatWasRefusedDoesNotArrive, $"{sending}");
                break;
            case Outcome.Closed:
                CheckRefused(sending, hasArrived);
                break;
            case Outcome.Sent when !hasArrived && MustArrive(sending):
                Note(Rule.WhatWasSentArrives, $"{sending}");
                break;
            case Outcome.Queued when !hasArrived && _recording.End == RoundEnd.Close && !MayBeMissing(sending):
                Note(Rule.WhatWasPostedArrives, $"{sending}");
                break;
        }

        if (sending is { Outcome: Outcome.Sent or Outcome.Queued, IsControl: false } && sending.Called > _recording.EndReturned)
        {
            Note(Rule.NothingIsTakenAfterTheEnd, $"{sending}, which was over at {_recording.EndReturned}");
        }
    }

    // Where the end is not orderly, what is told to be closed may have left all the same.
    private void CheckRefused(Sending sending, bool hasArrived)
    {
        if (hasArrived && _recording.EndsWithClose)
        {
            Note(Rule.WhatWasRefusedDoesNotArrive, $"{sending}");
        }

        var hadNoRoom = sending.Kind == SendingKind.Post && _recording.Policy == SlowReaderPolicy.Close;
        var wasFinished = _recording.End == RoundEnd.Close && sending.Kind != SendingKind.Drain;
        if (!hadNoRoom && (wasFinished ? sending.Returned : sending.Ended) < _recording.EndCalled)
        {
            Note(Rule.NothingIsRefusedBeforeTheEnd, $"{sending}, which began at {_recording.EndCalled}");
        }
    }

    // A sender in a batch is told before the flush. Of what the peer had not read when it left nobody knows.
    private bool MustArrive(Sending sending) => !sending.IsControl && sending.Kind != SendingKind.Drain && _recording.End switch
    {
        RoundEnd.Close or RoundEnd.Interrupt => true,
        RoundEnd.PeerLeaves => false,
        _ => !sending.InBatch,
    };

    // The newest of those that took each other's place has arrived, and was not over before this one began.
    private bool MayBeMissing(Sending post) =>
        _recording.Policy == SlowReaderPolicy.DropOldest
        || (post.Key is not null
            && _messages.Exists(newer => newer.Key == post.Key && newer.Returned > post.Called));

    // A post that took the place of an older one stands where that stood.
    private void CheckOrder(IReadOnlyList<Sending> arrived)
    {
        var latest = long.MinValue;
        Sending? last = null;
        Dictionary<string, Sending> newest = [];
        foreach (var sending in arrived)
        {
            if (sending.Returned < latest)
            {
                Note(Rule.TheOrderIsKept, $"{last} came before {sending}");
            }

            var place = PlaceOf(sending, newest);
            if (place > latest)
            {
                (latest, last) = (place, sending);
            }
        }
    }

    // The earliest moment at which whatever stood in its place may have been asked for.
    private long PlaceOf(Sending sending, Dictionary<string, Sending> newest)
    {
        if (sending.Key is not { } key)
        {
            return sending.Called;
        }

        if (newest.TryGetValue(key, out var before) && sending.Returned < before.Called)
        {
            Note(Rule.TheOrderIsKept, $"{before} came before {sending}");
        }

        // One that was over before that was posted has had another place, if any.
        var since = before?.Called ?? long.MinValue;
        newest[key] = sending;
        return _recording.Sendings
            .Where(other => other.Key == key && other.Outcome == Outcome.Queued && !_arrived.Contains(other)
                && other.Called < sending.Returned && other.Returned > since)
            .Select(other => other.Called)
            .Append(sending.Called)
            .Min();
    }

    // Of those that wait only the latest are kept. They pass what waits, but nothing passes a close frame.
    private void CheckControls(SendingKind kind, int kept)
    {
        var all = _recording.Sendings.Where(sending => sending.Kind == kind).ToList();
        var missing = all.Where(control => control.Returned < _recording.EndCalled && !_arrived.Contains(control));
        foreach (var control in _recording.EndsWithClose ? missing : [])
        {
            if (all.Count(newer => newer != control && newer.Returned > control.Called) < kept)
            {
                Note(Rule.ControlsArrive, $"{control}");
            }
        }
    }

    private void CheckCounts()
    {
        var posts = _recording.Sendings.Where(sending => sending.Kind == SendingKind.Post).ToList();
        Expect(Rule.DropsAreTold, posts.Count(post => post.Outcome == Outcome.Dropped), _recording.DroppedAtOnce, "not taken");
        if (_recording.End == RoundEnd.Close)
        {
            var missing = posts.Count(post => post.Outcome == Outcome.Queued && !_arrived.Contains(post));
            Expect(Rule.DropsAreTold, missing, _recording.DroppedLater, "taken and dropped");
        }

        if (_recording.EndsWithClose)
        {
            Expect(Rule.WhatIsCountedArrives, _recording.Wire.Length, _recording.BytesTold, "bytes");
            Expect(Rule.WhatIsCountedArrives, _messages.Count, _recording.MessagesTold, "messages");
        }

        var mustFail = _recording.End == RoundEnd.OutputFails;
        if (_recording.End != RoundEnd.PeerLeaves && mustFail != _recording.FailuresTold > 0)
        {
            Note(Rule.FailuresAreTold, $"told {_recording.FailuresTold} times");
        }

        Expect(Rule.NoMemoryIsHeld, 0, _recording.Held, "bytes");
        Expect(Rule.NothingIsBuffered, 0, _recording.Buffered, "bytes");
        foreach (var complaint in _recording.Complaints)
        {
            Note(Rule.NobodyComplains, complaint);
        }
    }

    private void Expect(Rule rule, long expected, long told, string what)
    {
        if (expected != told)
        {
            Note(rule, $"{told} {what}, where {expected} would be right");
        }
    }
}
