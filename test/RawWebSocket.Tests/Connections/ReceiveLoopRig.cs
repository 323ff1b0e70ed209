using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using RawWebSocket.Connections.Receiving;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Connections;

/// <summary>A receive loop that runs inside the call that writes its input: what can be done has been done when that returns.</summary>
internal sealed class ReceiveLoopRig : IReceiveOwner, IReceiveSupplies, IReceiveTally, IPingObserver
{
    private readonly Pipe _input = new(new PipeOptions(
        readerScheduler: PipeScheduler.Inline,
        writerScheduler: PipeScheduler.Inline,
        pauseWriterThreshold: 0,
        useSynchronizationContext: false));

    private readonly TaskCompletionSource<LastWord?> _ending = new();

    public ReceiveLoopRig(
        long aheadBytes,
        InlineRun? run = null,
        IMessageInflater? inflater = null,
        long budget = long.MaxValue,
        Func<PipeReader, PipeReader>? wrap = null)
    {
        Inflater = inflater;
        Output = new(pauseThreshold: 100_000, budget: budget);
        ReceiveAheadBytes = aheadBytes;
        Received = new ReceiveQueue();
        Loop = new ReceiveLoop(
            wrap?.Invoke(_input.Reader) ?? _input.Reader,
            Received,
            Output.Queue,
            owner: this,
            supplies: this,
            tally: this,
            run);
        _ = Loop.RunAsync();
    }

    public const int ControlFramesPerSecond = 50;

    public IMessageInflater? Inflater { get; }

    public ManualTimeProvider Time { get; } = new();

    public MemoryAccount Memory => Output.Memory;

    public List<WebSocketLimit> LimitsReached { get; } = [];

    public List<bool> HeldBack { get; } = [];

    public Exception? ApplicationFailure { get; private set; }

    public ReceiveRates? Rates { get; set; }

    public long ReceiveAheadBytes { get; }

    public ReceiveQueue Received { get; }

    public ReceiveLoop Loop { get; }

    public SendQueueRig Output { get; }

    public Task<LastWord?> Ending => _ending.Task;

    public Exception? InputFailure { get; private set; }

    public long ReceivedBytes { get; private set; }

    public int MessagesReceived { get; private set; }

    public int PartsReceived { get; private set; }

    /// <summary>Called by the loop after each read; may let more arrive.</summary>
    public Action? WhenReceived { get; set; }

    public bool IsAborted { get; set; }

    public ValueTask<FlushResult> Arrive(byte[] bytes) => Inline(() => _input.Writer.WriteAsync(bytes));

    /// <summary>Makes the loop turn once, with no new bytes.</summary>
    public void Turn() => Inline(() =>
    {
        _input.Reader.CancelPendingRead();
        return true;
    });

    public void EndInput(Exception? failure = null) => Inline(() =>
    {
        InputFailure = failure;
        _input.Writer.Complete(failure);
        return true;
    });

    public string Take()
    {
        Received.TryTake(out var incoming).ShouldBeTrue();
        return Encoding.UTF8.GetString(incoming.Payload.ToArray());
    }

    /// <summary>An application that answers each message at once.</summary>
    public async Task EchoAllAsync()
    {
        while (await Received.WaitAsync(Delivery.Whole, 0, default).ConfigureAwait(false))
        {
            while (Received.TryTake(out var incoming))
            {
                await Output.Queue.Messages.SendAsync(Opcode.Text, incoming.Payload, default).ConfigureAwait(false);
            }
        }
    }

    MessageIntake IReceiveSupplies.RentIntake(long finished) =>
        MessageIntake.Rent(Received, Output.Queue, new DecoderTerms(MaxWholeLength: 1_000_000, MaxFragments: 1000, Memory, Inflater), finished);

    ControlFrames IReceiveSupplies.MakeControls() => new(this, this, Time, ControlFramesPerSecond);

    void IReceiveOwner.OnBegin()
    {
    }

    void IReceiveOwner.OnLookAway()
    {
    }

    void IReceiveOwner.OnHeldBack(bool holds) => HeldBack.Add(holds);

    Task IReceiveOwner.EndAsync(LastWord? last)
    {
        last?.Failure.ShouldBe(InputFailure);
        _ending.SetResult(last);
        return Task.CompletedTask;
    }

    void IReceiveTally.OnReceived(long bytes)
    {
        ReceivedBytes += bytes;
        WhenReceived?.Invoke();
    }

    void IReceiveTally.OnPartReceived() => PartsReceived++;

    void IReceiveTally.OnMessagesReceived(int count) => MessagesReceived += count;

    void IReceiveOwner.OnApplicationFailed(Exception exception) => ApplicationFailure = exception;

    void IReceiveTally.OnLimitReached(WebSocketLimit limit) => LimitsReached.Add(limit);

    void IPingObserver.OnPingOrPong(in Incoming frame) => Output.Queue.Controls.SendPong(frame.Payload.ToArray());

    // The test framework's context would send the loop to other threads.
    private static T Inline<T>(Func<T> action)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return action();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
