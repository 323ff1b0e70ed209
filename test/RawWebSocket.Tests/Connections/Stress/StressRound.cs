namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>
/// Some threads at one queue, until something ends it. What is done is drawn from the seed; what comes between what the machine decides.
/// </summary>
internal sealed class StressRound : IDisposable
{
    private const int Threads = 4;
    private const int Code = 3000;

    private readonly RoundEnd _end;
    private readonly Random _random;
    private readonly StressTerms _terms;
    private readonly StressPair _pair;
    private readonly WatchedOutput _output;
    private readonly StressQueue _queue;
    private readonly Canceller _canceller = new();
    private readonly ManualResetEventSlim _start = new();
    private readonly CountdownEvent _stepsToEnd;
    private readonly List<StressThread> _threads;
    private readonly List<string> _complaints = [];
    private readonly List<Task<SendResult>> _closes = [];
    private long _endCalled;
    private long _endReturned = long.MaxValue;

    private StressRound(StressTransport transport, StressCompression compression, RoundEnd end, int steps, int seed)
    {
        _end = end;
        _random = new Random(seed);
        _terms = StressTerms.Draw(compression, _random);
        _pair = StressPair.Of(transport, _random);
        int? failsAt = end == RoundEnd.OutputFails ? 1 + _random.Next(1 + _random.Next(steps * 60)) : null;
        _output = new WatchedOutput(_pair.Output, failsAt, (OutputFailure)_random.Next(3));
        _queue = StressQueue.Over(_output, _terms);

        // In half of the rounds all have sent what they want before the end.
        _stepsToEnd = new CountdownEvent(_random.Next(2) == 0 ? Threads * steps : _random.Next(1, Threads * steps));
        _threads = [.. Enumerable.Range(0, Threads).Select(number =>
            new StressThread(_queue, _canceller, number, new Random(_random.Next()), steps, CountStep))];
    }

    /// <summary>Runs a round, and gives what is known of it afterwards.</summary>
    /// <param name="transport">What is written to.</param>
    /// <param name="compression">How messages are compressed.</param>
    /// <param name="end">How it ends.</param>
    /// <param name="steps">How much each thread does.</param>
    /// <param name="seed">What else there is to say is drawn from this.</param>
    public static Recording Run(StressTransport transport, StressCompression compression, RoundEnd end, int steps, int seed)
    {
        using var round = new StressRound(transport, compression, end, steps, seed);
        return round.Run();
    }

    public void Dispose()
    {
        _pair.Dispose();
        _canceller.Dispose();
        _stepsToEnd.Dispose();
        _start.Dispose();
    }

    private Recording Run()
    {
        _threads.ForEach(thread => thread.Start(_start));
        _start.Set();
        Must(_stepsToEnd.Wait(2 * StressThread.Limit), "The threads do not come to the end of the round.");
        End();
        foreach (var thread in _threads)
        {
            Must(thread.Join(), "A thread does not end.");
            Must(thread.Failure is null, $"A thread has thrown: {thread.Failure}");
        }

        // Where nobody has ended it yet.
        if (_closes.Count == 0)
        {
            Close(_queue.CloseAsync);
        }

        Must(Task.WaitAll([.. _closes], StressThread.Limit), "A close does not end.");
        Must(_queue.StopAsync().Wait(StressThread.Limit), "The queue does not stop.");
        Must(_canceller.End(StressThread.Limit), "A token's callbacks do not end.");
        _queue.EndCompression();
        return Record();
    }

    private void End()
    {
        switch (_end)
        {
            case RoundEnd.Close:
                Close(_queue.CloseAsync);
                break;
            case RoundEnd.Interrupt when _random.Next(2) == 0:
                Close(_queue.CloseInterruptingAsync);
                break;
            case RoundEnd.Interrupt:
                Close(_queue.CloseAsync);
                _queue.HurryClose();
                break;
            case RoundEnd.Stop:
                Mark(() => _closes.Add(StopAsync()));
                break;
            case RoundEnd.PeerLeaves:
                _endCalled = Sending.Tick();
                _pair.Leave();
                AbandonPerhaps();
                break;
        }
    }

    // As when both the application and the peer close: the first counts, and both are told of it.
    private void Close(Func<int, Task<SendResult>> closeAsync) => Mark(() =>
    {
        _closes.Add(closeAsync(Code));
        _closes.Add(_queue.CloseAsync(Code + 1));
    });

    private async Task<SendResult> StopAsync()
    {
        await _queue.StopAsync().ConfigureAwait(false);
        return SendResult.Closed;
    }

    private void AbandonPerhaps()
    {
        if (_random.Next(2) == 0)
        {
            _queue.Abandon();
        }
    }

    private void Mark(Action end)
    {
        var called = Sending.Tick();
        end();
        if (_endCalled == 0)
        {
            (_endCalled, _endReturned) = (called, Sending.Tick());
        }
    }

    private Recording Record()
    {
        var failedAt = _output.FailedAt;
        return new Recording
        {
            // An output that was to fail at a later call has not.
            End = _end == RoundEnd.OutputFails && failedAt is null ? RoundEnd.Close : _end,
            Wire = _pair.ReadToEnd(StressThread.Limit, _complaints),
            Sendings = [.. _threads.SelectMany(thread => thread.Sendings)],
            EndCalled = failedAt ?? _endCalled,
            EndReturned = failedAt is null ? _endReturned : long.MaxValue,
            CloseCodes = [Code],
            IsCompressed = _terms.Compression != StressCompression.None,
            Policy = _terms.Policy,
            DroppedLater = _queue.DroppedLater,
            DroppedAtOnce = _queue.DroppedAtOnce,
            FailuresTold = _queue.FailuresTold,
            BytesTold = _queue.BytesTold,
            MessagesTold = _queue.MessagesTold,
            Held = _queue.Held,
            Buffered = _queue.BufferedBytes,
            Complaints = [.. _complaints, .. _output.Complaints, .. WrongCloses()],
        };
    }

    private IEnumerable<string> WrongCloses() =>
        _closes.Where(close => close is not { IsCompletedSuccessfully: true } || close.Result != _closes[0].Result)
            .Select(close => $"Of two that closed one was told {close.Status}.");

    private void CountStep()
    {
        lock (_stepsToEnd)
        {
            if (!_stepsToEnd.IsSet)
            {
                _stepsToEnd.Signal();
            }
        }
    }

    private void Must(bool isSo, string otherwise)
    {
        if (!isSo)
        {
            _complaints.Add(otherwise);
        }
    }
}
