using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>
/// A thread that does to the queue all that applications do, one thing after the other, and takes down what it was told. It blocks where
/// they would await, so that it stays the same thread. One of them is the receive loop's, which alone has batches.
/// </summary>
/// <param name="queue">Shared with others.</param>
/// <param name="canceller">Cancels what this sends, now and then.</param>
/// <param name="number">Whose sendings these are.</param>
/// <param name="random">What it does is drawn from this.</param>
/// <param name="steps">How much it does.</param>
/// <param name="stepped">Called after each step.</param>
internal sealed partial class StressThread(
    StressQueue queue, Canceller canceller, int number, Random random, int steps, Action stepped)
{
    /// <summary>For anything that has to end. Never reached but by a fault, so it may be long.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly List<Sending> _sendings = [];
    private readonly List<(Sending Sending, Task<SendResult> Task)> _unawaited = [];
    private Thread? _thread;
    private bool _inBatch;
    private int _steps;

    public IReadOnlyList<Sending> Sendings => _sendings;

    /// <summary>What went wrong with the thread itself.</summary>
    public Exception? Failure { get; private set; }

    private bool IsReceiveLoop => number == 0;

    /// <param name="start">All wait for it, and go on at once.</param>
    public void Start(ManualResetEventSlim start)
    {
        _thread = new Thread(() =>
        {
            start.Wait(Limit);
            Run();
        })
        {
            IsBackground = true,
            Name = $"sender {number}",
        };
        _thread.Start();
    }

    /// <summary>Whether it has ended in time.</summary>
    public bool Join() => _thread!.Join(2 * Limit);

    private void Run()
    {
        try
        {
            for (; _steps < steps; _steps++)
            {
                if (IsReceiveLoop && random.Next(3) > 0)
                {
                    SendBatch();
                }
                else
                {
                    Act();
                }

                stepped();
            }
        }
        catch (Exception exception)
        {
            Failure = exception;
        }
        finally
        {
            // Whoever waits for a number of steps waits for no more of this thread's.
            for (; _steps < steps; _steps++)
            {
                stepped();
            }
        }
    }

    private void Act()
    {
        switch (random.Next(16))
        {
            case < 4:
                SendAwaited();
                break;
            case < 7:
                PostBurst();
                break;
            case < 9:
                Stream(random.Next(4) == 0 ? Token() : default);
                break;
            case 9:
                SendBurst();
                break;
            case < 12:
                SendAndGiveUp();
                break;
            case 12:
                Drain(random.Next(2) == 0 ? Token() : default);
                break;
            case 13:
                queue.Look();
                break;
            default:
                SendControl();
                break;
        }
    }

    // As the receive loop does: what is sent meanwhile is flushed once, unless a handler blocks or too much comes together.
    private void SendBatch()
    {
        queue.BeginBatch();
        _inBatch = true;
        try
        {
            for (var more = random.Next(6); more >= 0; more--)
            {
                ActInBatch();
            }
        }
        finally
        {
            _inBatch = false;
            queue.EndBatch();
        }

        AwaitAll();
    }

    private void ActInBatch()
    {
        switch (random.Next(12))
        {
            case < 6:
                Send(NewSending(SendingKind.Message), default);
                break;
            case < 8:
                Post();
                break;
            case 8:
                Stream(default);
                break;
            case 9:
                SendAwaited();
                break;
            case 10:
                Drain(default);
                break;
            default:
                SendControl();
                break;
        }
    }

    private Sending NewSending(SendingKind kind, string? key = null)
    {
        var length = kind is SendingKind.Ping or SendingKind.Pong ? random.Next(Sending.HeadLength, 126)
            : random.Next(24) switch
            {
                0 => random.Next(66_000, 300_000),
                1 => 65_536 + random.Next(-12, 3),
                < 4 => random.Next(5_000, 60_000),
                < 10 => random.Next(126, 5_000),
                _ => random.Next(Sending.HeadLength, 126),
            };
        var sending = new Sending(number, _sendings.Count, kind, length, key) { InBatch = _inBatch };
        _sendings.Add(sending);
        sending.Call();
        return sending;
    }

    private CancellationToken Token() => canceller.NewToken(random.Next(4) * random.Next(3000));

    private MessageCompression DrawCompression() => random.Next(4) == 0 ? MessageCompression.None : MessageCompression.AsAgreed;

    private Opcode DrawOpcode() => random.Next(2) == 0 ? Opcode.Text : Opcode.Binary;

    /// <summary>Waits for an operation, and takes down how it has ended.</summary>
    private static void Await<T>(Sending sending, Task<T> task, Func<T, Outcome> outcomeOf)
    {
        if (Task.WaitAny([task], Limit) < 0)
        {
            throw new TimeoutException($"It has not ended: {sending}");
        }

        sending.End(
            task.IsCanceled ? Outcome.Cancelled : task.IsFaulted ? Outcome.Threw : outcomeOf(task.Result),
            $"{task.Exception?.InnerException}");
    }

    private void AwaitAll()
    {
        foreach (var (sending, task) in _unawaited)
        {
            Await(sending, task, OutcomeOf);
        }

        _unawaited.Clear();
    }

    private static Outcome OutcomeOf(SendResult result) => result == SendResult.Sent ? Outcome.Sent : Outcome.Closed;
}
