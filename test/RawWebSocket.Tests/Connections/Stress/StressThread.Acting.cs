using System.Buffers;
using RawWebSocket.Protocol;
using RawWebSocket.Tests.Wire;

namespace RawWebSocket.Tests.Connections.Stress;

/// <content>The things that it does.</content>
internal sealed partial class StressThread
{
    // Not awaited here.
    private void Send(Sending sending, CancellationToken cancellationToken)
    {
        var payload = sending.Payload();
        var sequence = random.Next(4) == 0 ? Segments.Cut(payload, random.Next(1, payload.Length)) : new ReadOnlySequence<byte>(payload);
        var task = Ask(() => queue.SendAsync(DrawOpcode(), sequence, DrawCompression(), cancellationToken));
        sending.Return();
        _unawaited.Add((sending, task));
    }

    private void SendAwaited()
    {
        Send(NewSending(SendingKind.Message), default);
        AwaitAll();
    }

    private void SendBurst()
    {
        for (var more = random.Next(2, 8); more > 0; more--)
        {
            Send(NewSending(SendingKind.Message), random.Next(3) == 0 ? Token() : default);
        }

        AwaitAll();
    }

    // With others behind it that must not go with it. Sometimes it is given up before it is sent.
    private void SendAndGiveUp()
    {
        var token = random.Next(8) == 0 ? new CancellationToken(canceled: true) : Token();
        Send(NewSending(SendingKind.Message), token);
        Send(NewSending(SendingKind.Message), default);
        AwaitAll();
    }

    // Nobody waits for posts, so many of them come together.
    private void PostBurst()
    {
        for (var more = random.Next(1, 10); more > 0; more--)
        {
            Post();
        }
    }

    // Keys are of this thread alone, or of all.
    private void Post()
    {
        var key = random.Next(4) switch { 0 => $"{number}", 1 => "all", _ => null };
        var sending = NewSending(SendingKind.Post, key);
        var payload = sending.Payload();
        try
        {
            var result = random.Next(2) == 0 ? queue.Post(DrawOpcode(), payload, key) : queue.PostBroadcast(payload, key);
            sending.End(result switch
            {
                PostResult.Queued => Outcome.Queued,
                PostResult.Dropped => Outcome.Dropped,
                _ => Outcome.Closed,
            });
        }
        catch (Exception exception)
        {
            sending.End(Outcome.Threw, $"{exception}");
        }
    }

    private void Stream(CancellationToken cancellationToken)
    {
        var sending = NewSending(SendingKind.Stream);
        var turn = Ask(() => queue.BeginMessageAsync(cancellationToken));
        sending.Return();
        Await(sending, turn, OutcomeOf);
        if (sending.Outcome != Outcome.Sent)
        {
            return;
        }

        if (random.Next(6) == 0)
        {
            queue.AbandonMessage();
            sending.End(Outcome.Abandoned);
        }
        else
        {
            SendFragments(sending, sending.Payload());
        }
    }

    // The last may be empty, and so may any other.
    private void SendFragments(Sending sending, ReadOnlyMemory<byte> rest)
    {
        var compression = DrawCompression();
        var longest = Math.Max(1, rest.Length / random.Next(1, 6));
        var opcode = DrawOpcode();
        var isFinal = false;
        while (!isFinal && sending.Outcome == Outcome.Sent)
        {
            var fragment = rest[..Math.Min(rest.Length, random.Next(4) == 0 ? random.Next(longest) : longest)];
            rest = rest[fragment.Length..];
            isFinal = rest.IsEmpty && random.Next(2) == 0;
            Await(sending, Ask(() => queue.SendFragmentAsync(opcode, fragment, isFinal, compression)), OutcomeOf);
            opcode = Opcode.Continuation;
            if (!_inBatch && random.Next(4) == 0)
            {
                SendControl();
            }
        }
    }

    private void Drain(CancellationToken cancellationToken)
    {
        var wait = NewSending(SendingKind.Drain);
        var task = Ask(() => queue.DrainedAsync(cancellationToken));
        wait.Return();
        Await(wait, task, static canSend => canSend ? Outcome.Sent : Outcome.Closed);
    }

    private void SendControl()
    {
        var sending = NewSending(random.Next(2) == 0 ? SendingKind.Ping : SendingKind.Pong);
        try
        {
            if (sending.Kind == SendingKind.Ping)
            {
                queue.SendPing(sending.Payload());
            }
            else
            {
                queue.SendPong(sending.Payload());
            }

            sending.End(Outcome.Sent);
        }
        catch (Exception exception)
        {
            sending.End(Outcome.Threw, $"{exception}");
        }
    }

    // One that throws at once is no better than a task that does.
    private static Task<T> Ask<T>(Func<Task<T>> ask)
    {
        try
        {
            return ask();
        }
        catch (Exception exception)
        {
            return Task.FromException<T>(exception);
        }
    }
}
