using RawWebSocket.Testing;

namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>A round in which all is right, made by hand, in which a fault can be planted.</summary>
internal sealed class RightRecording
{
    public const int Code = 1000;

    public RightRecording(RoundEnd end = RoundEnd.Close)
    {
        First = Add(0, SendingKind.Message, 20, Outcome.Sent);
        Streamed = Add(0, SendingKind.Stream, 300, Outcome.Sent);
        Cancelled = Add(0, SendingKind.Message, 40, Outcome.Cancelled);
        Ping = Add(0, SendingKind.Ping, 10, Outcome.Sent);
        Posted = Add(1, SendingKind.Post, 30, Outcome.Queued);
        Replaced = Add(1, SendingKind.Post, 30, Outcome.Queued, "key");
        Long = Add(1, SendingKind.Message, 70_000, Outcome.Sent);
        Replacing = Add(1, SendingKind.Post, 30, Outcome.Queued, "key");
        Dropped = Add(1, SendingKind.Post, 30, Outcome.Dropped);
        Abandoned = Add(2, SendingKind.Stream, 30, Outcome.Abandoned);
        Add(2, SendingKind.Drain, 0, Outcome.Sent);
        Add(2, SendingKind.Pong, 10, Outcome.Sent);
        Pong = Add(2, SendingKind.Pong, 10, Outcome.Sent);
        Batched = Add(2, SendingKind.Message, 50, Outcome.Sent, inBatch: true);
        var called = Sending.Tick();
        Recording = new Recording
        {
            End = end,
            Wire = [],
            Sendings = [],
            EndCalled = called,
            EndReturned = Sending.Tick(),
            CloseCodes = [Code],
            DroppedAtOnce = 1,
            DroppedLater = 1,
        };
        Refused = Add(2, SendingKind.Message, 60, Outcome.Closed);
        Frames =
        [
            Data(First),
            Fragment(FrameOpcode.Text, Streamed, ..100, isFinal: false),
            Control(Ping),
            Fragment(FrameOpcode.Continuation, Streamed, 100.., isFinal: true),
            Control(Pong),
            Data(Posted),
            Data(Replacing),
            Data(Long),
            Data(Batched),
            Close(Code),
        ];
    }

    // In the order of their calls.
    public Sending First { get; }

    public Sending Streamed { get; }

    public Sending Cancelled { get; }

    public Sending Ping { get; }

    public Sending Posted { get; }

    public Sending Replaced { get; }

    public Sending Long { get; }

    /// <summary>It has the place of <see cref="Replaced"/>.</summary>
    public Sending Replacing { get; }

    public Sending Dropped { get; }

    public Sending Abandoned { get; }

    public Sending Pong { get; }

    public Sending Batched { get; }

    public Sending Refused { get; }

    public List<Sending> Sendings { get; } = [];

    public List<byte[]> Frames { get; }

    /// <summary>All but the frames and the sendings.</summary>
    public Recording Recording { get; set; }

    /// <summary>Counts what is there as what was counted.</summary>
    public RightRecording Counted()
    {
        Recording = Recording with { BytesTold = Frames.Sum(frame => frame.Length), MessagesTold = 6 };
        return this;
    }

    public IReadOnlyList<Fault> Check() =>
        RecordingChecker.Check(Recording with { Wire = [.. Frames.SelectMany(frame => frame)], Sendings = Sendings });

    /// <summary>Something that is asked for next, and is over at once.</summary>
    public Sending Add(int sender, SendingKind kind, int length, Outcome outcome, string? key = null, bool inBatch = false)
    {
        var number = Sendings.Count(sending => sending.Id.Sender == sender);
        var sending = new Sending(sender, number, kind, length, key) { InBatch = inBatch };
        sending.Call();
        if (outcome != Outcome.Pending)
        {
            sending.End(outcome);
        }

        Sendings.Add(sending);
        return sending;
    }

    /// <summary>Where the frame of a message of one frame is.</summary>
    public int At(Sending sending)
    {
        var frame = Data(sending);
        return Frames.FindIndex(other => other.AsSpan().SequenceEqual(frame));
    }

    public static byte[] Data(Sending sending) => Frame(FrameOpcode.Binary, sending.Payload());

    public static byte[] Fragment(FrameOpcode opcode, Sending sending, Range part, bool isFinal) =>
        Frame(opcode, sending.Payload()[part], isFinal);

    public static byte[] Control(Sending sending) =>
        Frame(sending.Kind == SendingKind.Ping ? FrameOpcode.Ping : FrameOpcode.Pong, sending.Payload());

    public static byte[] Close(int code) => Frame(FrameOpcode.Close, new[] { (byte)(code >> 8), (byte)code });

    public static byte[] Frame(FrameOpcode opcode, ReadOnlyMemory<byte> payload, bool isFinal = true, bool isCompressed = false) =>
        new TestFrame { Opcode = opcode, Payload = payload, Fin = isFinal, Rsv1 = isCompressed, Masked = false }.ToBytes();
}
