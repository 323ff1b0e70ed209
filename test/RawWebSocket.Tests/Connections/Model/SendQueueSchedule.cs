using System.Buffers;
using System.Text;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Connections.Transports;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Connections.Model;

/// <summary>
/// One schedule, drawn from a seed: what senders ask of a send queue, in turns with a transport that ends its flushes when it likes, and
/// after each step the queue compared with its model.
/// </summary>
internal sealed partial class SendQueueSchedule : ISendTally, IOutputOwner
{
    private const int Steps = 60;

    private readonly Random _random;
    private readonly List<string> _steps = [];
    private readonly List<string> _dropped = [];
    private readonly List<HeldUpBy> _overflows = [];
    private readonly List<Exception> _writeFailures = [];
    private readonly List<ModelFrame> _awaited = [];
    private readonly List<ModelFrame> _cancellable = [];
    private readonly List<Task<bool>> _draining = [];
    private readonly MemoryAccount _memory = new(new MemoryBudget(long.MaxValue));
    private readonly ScheduledOutput _output;
    private readonly SendQueue _queue;
    private readonly SendQueueModel _model;
    private readonly SendTerms _marks;
    private int _number;
    private int _tooMuchQueued;
    private int _flushesSeen;
    private ModelFrame? _turn;
    private ModelFrame? _fragment;

    /// <param name="seed">What the schedule is drawn from.</param>
    /// <param name="throwsAt">Which call of the output throws; null for none.</param>
    public SendQueueSchedule(int seed, int? throwsAt = null)
    {
        _random = new Random(seed);
        var quick = _random.Next(3) * 0.4;
        var high = (long)_random.Next(10, 200);
        _marks = new SendTerms(high, _random.Next((int)high + 1), (SlowReaderPolicy)_random.Next(4));
        _output = new ScheduledOutput(() => _random.NextDouble() < quick, block: throwsAt is null ? int.MaxValue : 20, throwsAt);
        _queue = new SendQueue(_output, _marks, _memory, tally: this, owner: this);
        _model = new SendQueueModel(_marks, _output);
        _steps.Add($"seed {seed}, {_marks}");
    }

    bool IOutputOwner.IsLost => false;

    /// <summary>Whether the output has thrown.</summary>
    public bool HasThrown => _output.Thrown is not null;

    /// <exception cref="InvalidOperationException">The queue did what it may not: the message tells the schedule.</exception>
    public void Run()
    {
        try
        {
            for (var step = 0; step < Steps; step++)
            {
                Step();
                Check();
                Trim();
            }

            Finish();
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"{exception.Message}\nThe schedule:\n{string.Join('\n', _steps)}", exception);
        }
    }

    private void Step()
    {
        switch (_random.Next(100))
        {
            case < 25 when _output.IsFlushing:
                Do("the flush ends", _output.EndFlush);
                break;
            case < 26 when _output.IsFlushing && _random.Next(5) == 0:
                Do("the transport goes", () => _output.FailFlush(throws: _random.Next(2) == 0));
                break;
            case < 40:
                SendSome();
                break;
            case < 60:
                Post();
                break;
            case < 68:
                Control();
                break;
            case < 80:
                Stream();
                break;
            case < 86:
                Cancel();
                break;
            case < 90:
                WaitForDrain();
                break;
            case < 96:
                Batch();
                break;
            case 96:
                Close(StreamedMessage.IsFinished);
                break;
            case 97:
                Close(StreamedMessage.IsInterrupted);
                break;
            case 98 when _random.Next(3) == 0:
                Stop();
                break;
            case 99:
                HurryClose();
                break;
        }
    }

    // As the heartbeat does, which must never be seen.
    private void Trim()
    {
        if (_random.Next(3) == 0)
        {
            Do("the heartbeat trims", _queue.Trim);
            Check();
        }
    }

    // The end of every connection: a close, the rest of the flushes, and a stop.
    private void Finish()
    {
        if (_model.InBatch)
        {
            Batch();
            Check();
        }

        Close(StreamedMessage.IsInterrupted);
        Check();
        while (_output.IsFlushing)
        {
            Do("the flush ends", _output.EndFlush);
            Check();
        }

        var stopped = Stop();
        Check();
        stopped.IsCompletedSuccessfully.ShouldBeTrue("The output is free.");
        _queue.Drainage.BufferedBytes.ShouldBe(0);
        _memory.Held.ShouldBe(0);
        _memory.Budget.Held.ShouldBe(0);
        _awaited.ShouldAllBe(frame => frame.Told != Fate.Undecided);
        _draining.ShouldBeEmpty();
    }

    private void Check()
    {
        // Told once that the connection must end, and of nothing that the output found wrong itself.
        _writeFailures.ShouldBe(_output.Thrown is { } thrown ? [thrown] : []);
        _model.Watch();
        foreach (var frame in _awaited)
        {
            frame.Told.ShouldBe(frame.Fate, $"{frame}");
        }

        _queue.Drainage.BufferedBytes.ShouldBe(_model.Buffered, "BufferedBytes");
        _memory.Held.ShouldBe(_model.Held, "held by the connection");
        _memory.Budget.Held.ShouldBe(_model.Held, "held in all");
        _dropped.ShouldBe(_model.Dropped);
        _overflows.ShouldBe(_model.Overflows);
        _tooMuchQueued.ShouldBe(_model.TooMuchQueued);
        CheckDrained();
    }

    private void CheckDrained()
    {
        var canSend = !_model.IsClosing && !_model.IsStopped;
        var mayHaveDrained = _output.FlushesEnded > _flushesSeen || _model.HasDrained;
        _flushesSeen = _output.FlushesEnded;
        foreach (var drained in _draining.Where(drained => drained.IsCompleted).ToList())
        {
            (drained.Result ? mayHaveDrained : !canSend).ShouldBeTrue($"Drained told {drained.Result}.");
            _draining.Remove(drained);
        }

        if (!canSend || _model.HasDrained)
        {
            _draining.ShouldBeEmpty("Drained is to be told.");
        }
    }

    private void Do(string step, Action action)
    {
        _steps.Add(step);
        action();
    }

    private string Text() => $"{++_number} " + new string('x', _random.Next(50) switch
    {
        0 => 70_000 + _random.Next(100_000),
        < 4 => 100 + _random.Next(100),
        _ => _random.Next(20),
    });

    private static ReadOnlySequence<byte> Payload(ModelFrame frame) => new(Encoding.ASCII.GetBytes(frame.Text));

    void ISendTally.OnSent(long bytes, int messages)
    {
    }

    void ISendTally.OnPartSent()
    {
    }

    void IOutputOwner.OnWriteFailed(Exception exception) => _writeFailures.Add(exception);

    void IOutputOwner.OnFlushFailed(Exception exception)
    {
        _output.HasFailed.ShouldBeTrue("The transport is there.");
        if (!Transport.IsDisconnect(exception))
        {
            _writeFailures.Add(exception);
        }
    }

    void IOutputOwner.OnTransportLost() => _output.HasFailed.ShouldBeTrue("The transport is there.");

    void ISendTally.OnTooMuchQueued() => _tooMuchQueued++;

    void ISendTally.OnMessageDropped(string reason) => _dropped.Add(reason);

    void IOutputOwner.OnSendQueueOverflow(HeldUpBy heldUpBy) => _overflows.Add(heldUpBy);
}
