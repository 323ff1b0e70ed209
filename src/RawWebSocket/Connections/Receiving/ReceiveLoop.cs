using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Connections.Transports;

namespace RawWebSocket.Connections.Receiving;

/// <summary>
/// Reads the transport from the opening handshake to the end. All that one read brought is dealt with, answered with one flush, and paid
/// for, before the next read; the application runs in between, on this thread, as far as it goes without waiting.
/// </summary>
internal sealed partial class ReceiveLoop(
    PipeReader input,
    ReceiveQueue received,
    SendQueue sends,
    IReceiveOwner owner,
    IReceiveSupplies supplies,
    IReceiveTally tally,
    InlineRun? run = null)
{
    // A peer that sends faster than it is read would never let go of its
    // thread: after so many reads without a wait, others have their turn.
    private const int ReadsPerTurn = 16;

    private KeptInput _kept;
    private HeldBack _heldBack;

    // There from the first byte of something to the end of all that has begun.
    private MessageIntake? _intake;

    // How many things have been finished, doubled, and one more while another has begun: odd then.
    private long _progress;

    // Made at the first ping or pong.
    private ControlFrames? _controls;
    private LastWord? _last;

    private byte _readsWithoutWait;

    // Frames that have arrived were left for want of room. Not the same as being full: the application may have made room since, and
    // a read would then wait for bytes that the peer has no reason to send.
    private bool _leftUnread;

    private volatile bool _holdsInput;
    private volatile bool _keepsForApplication;

    /// <summary>What it reads.</summary>
    public PipeReader Input => input;

    /// <summary>The code that runs on the thread that polls the socket; null where none does.</summary>
    public InlineRun? Run => run;

    /// <summary>Whether the last read's memory was kept, because the application was looking at it.</summary>
    public bool HoldsInput => _holdsInput;

    /// <summary>Whether the memory budget is charged for what the application has waiting, since the last read.</summary>
    public bool KeepsMemory => _keepsForApplication;

    /// <summary>Whether the peer is being held back: reading waits for the application, for memory, or because of a rate.</summary>
    public bool IsHeldBack => _heldBack.IsNow;

    /// <summary>Whether bytes had arrived behind the last thing that was read.</summary>
    public bool HasLeftUnread { get; private set; }

    /// <summary>
    /// Whether a message that has been read is being dealt with on the loop's own thread; it is not counted before that has come to its end.
    /// For any thread.
    /// </summary>
    public bool DealsWithMessage => sends.IsBatching && Volatile.Read(ref _intake) is { Messages: > 0 };

    /// <summary>Whether its thread is dealing with what a read has brought, be it in the application's code. For any thread.</summary>
    public bool IsInBatch => sends.IsBatching;

    /// <summary>Tells the message or frame that the peer has begun and not finished from all others; 0 when there is none.</summary>
    public long Unfinished => Volatile.Read(ref _progress) is var progress && long.IsOddInteger(progress) ? progress : 0;

    /// <inheritdoc cref="HeldBack.Take" />
    public bool TakeHeldBack() => _heldBack.Take();

    /// <summary>
    /// Reads to the end, and then lets the owner end the connection: in one task, because a connection holds each all its life.
    /// </summary>
    public async Task RunAsync()
    {
        try
        {
            var goesOn = await BeginAsync().ConfigureAwait(false);
            while (goesOn)
            {
                if (_readsWithoutWait == ReadsPerTurn)
                {
                    // Not in the layer below: if that ended before this thread had come back from it, the thread would go on.
                    await Task.Yield();
                }

                goesOn = await DealWithAsync(await ReadAsync().ConfigureAwait(false)).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            _last = new LastWord(exception);
        }

        if (InlineRun.IsPollingThread)
        {
            // What the application does at the end takes as long as it likes, and nobody watches over it.
            await Task.Yield();
        }

        await EndAsync().ConfigureAwait(false);
    }

    // Not asynchronous where it need not be: what the owner puts into the context is to stay there, for the application to be found in
    // it.
    private ValueTask<bool> BeginAsync()
    {
        if (run?.LeavesThread() == true)
        {
            return BeginElsewhereAsync();
        }

        owner.OnBegin();
        return new(true);
    }

    private async ValueTask<bool> BeginElsewhereAsync()
    {
        await Task.Yield();
        owner.OnBegin();
        return true;
    }

    // Of the same type as the other steps, so that besides that of the read the task has one place for what they wait for, and not one for
    // each.
    private async ValueTask<bool> EndAsync()
    {
        await owner.EndAsync(_last).ConfigureAwait(false);
        return false;
    }

    /// <summary>All that one read brought; false when it was the last. In a layer of its own, which is there only while it waits.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> DealWithAsync(ReadResult result)
    {
        if (run?.LeavesThread() == true)
        {
            await Task.Yield();
        }

        _intake ??= supplies.RentIntake(_progress / 2);
        var buffer = result.Buffer;
        var arrived = buffer.Length - _intake.Known;
        tally.OnReceived(arrived);

        var unread = buffer.Slice(_intake.Passed);
        _intake.Known = buffer.Length;

        // Whoever was aborted meanwhile is not read any more.
        _last = result.IsCanceled && owner.IsAborted ? null : ReadFrames(ref unread);
        while (_last is null && MustWait(unread))
        {
            _kept.Set(KeptOf(unread), sends.Memory);
            await LookAwayAsync().ConfigureAwait(false);
            Controls.Excuse();
            _last = owner.IsAborted ? null : ReadFrames(ref unread);
        }

        var goesOn = Leave(result, unread);
        if (goesOn && _waitsForMemory)
        {
            await AwaitMemoryAsync().ConfigureAwait(false);
        }

        if (goesOn && !TryPay(arrived + _intake.TakeSurcharge())
            && await SettleAsync(supplies.Rates!, Controls.AreExcused).ConfigureAwait(false) is { } fault)
        {
            _last = new LastWord(fault);
        }

        return goesOn && _last is null;
    }

    // Gives the transport back what is used no more, and says whether there may be another read.
    private bool Leave(in ReadResult result, in ReadOnlySequence<byte> unread)
    {
        // Payloads are used where they lie, so what the application still looks at is passed, but not given back yet.
        var (buffer, passed) = (result.Buffer, PassedOf(unread));
        _holdsInput = received.HoldsInput;
        var kept = _holdsInput ? passed : 0;
        _kept.Set(kept + _intake!.LeftInPlace + received.WaitingOverhead, sends.Memory);
        _keepsForApplication = _holdsInput || received.WaitingOverhead > 0;
        Volatile.Write(ref _progress, (2 * _intake.Finished) + (_intake.IsInMessage || !unread.IsEmpty ? 1 : 0));

        // What is left unread makes the next read end at once.
        var isLeft = IsBatchOver(supplies.Rates, unread) || (_waitsForMemory && !unread.IsEmpty);
        var examined = isLeft ? Math.Max(passed, _intake.Examined) : buffer.Length;
        input.AdvanceTo(
            _holdsInput ? buffer.Start : unread.Start,
            !isLeft ? buffer.End : examined > passed ? buffer.GetPosition(examined) : unread.Start);
        _intake.Passed = kept;
        _intake.Known = kept + unread.Length;
        _intake.Examined = examined - (passed - kept);
        HasLeftUnread = !unread.IsEmpty;
        return _last is null && !(result.IsCompleted && !isLeft) && !owner.IsAborted;
    }

    /// <summary>Lets go of what has been gathered of a message that will never be finished.</summary>
    public void LetGoOfMessage()
    {
        _intake?.Release();
        GiveIntakeBack();
        if (!_holdsInput)
        {
            _kept.Set(0, sends.Memory);
        }
    }

    /// <summary>Says that the transport's memory is given back, because the connection is over.</summary>
    public void LetGoOfInput() => _kept.Set(0, sends.Memory);

    /// <summary>Gives the transport's memory back, of which nobody looks at anything any more. For after the last read.</summary>
    /// <param name="isForGood">Nobody will read again.</param>
    public void GiveInputBack(bool isForGood)
    {
        LetGoOfInput();

        // Before anybody else reads: nobody makes this loop turn any more, which would cut off their read.
        _keepsForApplication = false;
        try
        {
            if (isForGood)
            {
                input.Complete();
            }
            else if (_holdsInput)
            {
                // A reader of a stream gives what has been looked at to a cancelled read only. This one takes the cancellation with it.
                input.CancelPendingRead();
                if (input.TryRead(out var result))
                {
                    input.AdvanceTo(result.Buffer.End);
                }
            }
        }
        catch (Exception exception) when (Transport.IsDisconnect(exception))
        {
            // The peer has gone meanwhile; the rest is given back with the request.
        }

        _holdsInput = false;
    }

    private ControlFrames Controls => _controls ??= supplies.MakeControls();

    private ValueTask<ReadResult> ReadAsync()
    {
        var reading = input.ReadAsync();
        _readsWithoutWait = (byte)(reading.IsCompleted && _readsWithoutWait < ReadsPerTurn ? _readsWithoutWait + 1 : 0);
        if (!reading.IsCompleted && _intake is { IsInMessage: false, Known: 0 })
        {
            // The wait may be long.
            GiveIntakeBack();
        }

        return reading;
    }

    private void GiveIntakeBack()
    {
        if (_intake is { } intake)
        {
            _intake = null;
            intake.GiveBack();
        }
    }

    // The application is behind: it has as much waiting as it may, or it has not said how it wants the message that begins.
    private bool MustWait(in ReadOnlySequence<byte> unread) =>
        HoldBack(!owner.IsAborted && (_leftUnread || _intake!.AwaitsDecision || KeepsTooMuch(unread)));

    private bool HoldBack(bool holds)
    {
        if (_heldBack.Set(holds))
        {
            owner.OnHeldBack(holds);
        }

        return holds;
    }

    private Task LookAwayAsync()
    {
        owner.OnLookAway();
        return received.WaitForChangeAsync();
    }
}
