using RawWebSocket.Testing;

namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>Faults to be planted in a recording that is right, each with the rule that it breaks.</summary>
internal static class PlantedFaults
{
    public static IReadOnlyDictionary<string, (Rule Rule, Action<RightRecording> Sow)> All { get; } =
        new Dictionary<string, (Rule, Action<RightRecording>)>
        {
            ["a reserved bit"] = (Rule.FramesAreWellFormed, right => right.Frames[0][0] |= 0x20),
            ["a compressed message where that is not agreed"] = (Rule.FramesAreWellFormed, right => right.Frames[0][0] |= 0x40),
            ["a reserved opcode"] = (Rule.FramesAreWellFormed, right => right.Frames[0][0] |= 0x04),
            ["a masked frame"] = (Rule.FramesAreWellFormed, right => right.Frames[0][1] |= 0x80),
            ["a control frame in fragments"] = (Rule.FramesAreWellFormed, right => right.Frames[2][0] &= 0x7F),
            ["a long control frame"] =
                (Rule.FramesAreWellFormed, right => right.Frames[2] = RightRecording.Frame(FrameOpcode.Ping, new byte[126])),
            ["a length that is not the shortest"] =
                (Rule.FramesAreWellFormed, right => right.Frames[0] = [0x82, 126, 0, 20, .. right.First.Payload()]),

            ["a message inside of another"] =
                (Rule.MessagesAreNotInterleaved, right => Move(right.Frames, from: 5, to: 3)),
            ["a continuation of nothing"] =
                (Rule.MessagesAreNotInterleaved, right => right.Frames.Insert(1, [0x80, 0])),
            ["a lost first fragment"] = (Rule.MessagesAreNotInterleaved, right => right.Frames.RemoveAt(1)),
            ["a lost last fragment"] = (Rule.MessagesAreNotInterleaved, right => right.Frames.RemoveAt(3)),
            ["fragments that are swapped"] = (Rule.MessagesAreNotInterleaved, right => Swap(right.Frames, 1, 3)),

            ["half a close frame"] = (Rule.NothingIsCut, right => right.Frames[^1] = right.Frames[^1][..3]),
            ["half a message before the close"] = (Rule.NothingIsCut, right => right.Frames[^2][0] &= 0x7F),

            ["a lost close"] = (Rule.TheCloseArrives, right => right.Frames.RemoveAt(9)),
            ["another close code"] = (Rule.TheCloseIsSomebodys, right => right.Frames[^1] = RightRecording.Close(1001)),
            ["a close without a code"] = (Rule.TheCloseIsSomebodys, right => right.Frames[^1] = [0x88, 0]),
            ["a ping after the close"] =
                (Rule.NothingFollowsTheClose, right => right.Frames.Add(RightRecording.Control(right.Ping))),
            ["a message after the close"] = (Rule.NothingFollowsTheClose, right => Swap(right.Frames, 8, 9)),
            ["two closes"] = (Rule.NothingFollowsTheClose, right => right.Frames.Add(RightRecording.Close(RightRecording.Code))),

            ["a message of nobody's"] = (Rule.WhatArrivesWasSent,
                right => right.Frames.Insert(1, RightRecording.Data(new Sending(7, 0, SendingKind.Message, 20)))),
            ["an empty message"] = (Rule.WhatArrivesWasSent, right => right.Frames.Insert(1, [0x82, 0])),
            ["a ping that answers as a pong"] = (Rule.WhatArrivesWasSent, right => right.Frames[2][0] = 0x8A),

            ["another byte"] = (Rule.WhatArrivesIsWhole, right => right.Frames[0][^1] = (byte)'!'),
            ["a byte too few"] = (Rule.WhatArrivesIsWhole,
                right => right.Frames[0] = RightRecording.Frame(FrameOpcode.Binary, right.First.Payload().AsMemory()[..^1])),
            ["two chunks that are swapped"] = (Rule.WhatArrivesIsWhole, SwapChunks),
            ["a part twice"] = (Rule.WhatArrivesIsWhole,
                right => right.Frames.Insert(3, RightRecording.Fragment(FrameOpcode.Continuation, right.Streamed, 5..9, isFinal: false))),

            ["a message twice"] = (Rule.NothingArrivesTwice, right => right.Frames.Insert(1, RightRecording.Data(right.First))),
            ["a ping twice"] =
                (Rule.NothingArrivesTwice, right => right.Frames.Insert(5, RightRecording.Control(right.Ping))),
            ["a cancelled send that arrives"] = (Rule.WhatWasCancelledDoesNotArrive, right => Insert(right, right.Cancelled)),
            ["a refused send that arrives"] = (Rule.WhatWasRefusedDoesNotArrive, right => Insert(right, right.Refused)),
            ["a dropped post that arrives"] = (Rule.WhatWasRefusedDoesNotArrive, right => Insert(right, right.Dropped)),
            ["an abandoned message that arrives"] = (Rule.WhatWasRefusedDoesNotArrive, right => Insert(right, right.Abandoned)),

            ["a lost message"] = (Rule.WhatWasSentArrives, right => right.Frames.RemoveAt(right.At(right.First))),
            ["a lost long message"] = (Rule.WhatWasSentArrives, right => right.Frames.RemoveAt(right.At(right.Long))),
            ["a lost message of a batch"] = (Rule.WhatWasSentArrives, right => right.Frames.RemoveAt(right.At(right.Batched))),
            ["a lost message in fragments"] = (Rule.WhatWasSentArrives, right => (right.Frames[1], right.Frames[3]) = ([], [])),
            ["a lost post"] = (Rule.WhatWasPostedArrives, right => right.Frames.RemoveAt(right.At(right.Posted))),
            ["an older post in its newer one's place"] =
                (Rule.WhatWasPostedArrives, right => right.Frames[right.At(right.Replacing)] = RightRecording.Data(right.Replaced)),

            ["two of one sender in the wrong order"] = (Rule.TheOrderIsKept, right => Swap(right, right.Posted, right.Long)),
            ["two senders' in the wrong order"] = (Rule.TheOrderIsKept, right => Swap(right, right.First, right.Batched)),
            ["a post that passes others without a place"] = (Rule.TheOrderIsKept, right => Pass(right, "another key")),
            ["two of one key in the wrong order"] = (Rule.TheOrderIsKept, right => Pass(right, "key")),
            ["pongs in the wrong order"] = (Rule.TheOrderIsKept, right => right.Frames.Insert(5, RightRecording.Control(OlderPong(right)))),
            ["a lost ping"] = (Rule.ControlsArrive, right => right.Frames.RemoveAt(2)),
            ["an older pong in the newest's place"] =
                (Rule.ControlsArrive, right => right.Frames[4] = RightRecording.Control(OlderPong(right))),

            ["a send that is taken after the end"] =
                (Rule.NothingIsTakenAfterTheEnd, right => Insert(right, right.Add(0, SendingKind.Message, 20, Outcome.Sent))),
            ["a wait that goes on after the end"] =
                (Rule.NothingIsTakenAfterTheEnd, right => right.Add(0, SendingKind.Drain, 0, Outcome.Sent)),
            ["a send that is refused before the end"] =
                (Rule.NothingIsRefusedBeforeTheEnd, right => right.Recording = right.Recording with { EndCalled = Sending.Tick() }),
            ["a send that never ends"] = (Rule.EverythingEnds, right => right.Add(0, SendingKind.Message, 20, Outcome.Pending)),
            ["a send that throws"] = (Rule.NothingThrows, right => right.Add(0, SendingKind.Message, 20, Outcome.Threw)),

            ["a drop that is not told"] = (Rule.DropsAreTold, right => right.Recording = right.Recording with { DroppedAtOnce = 0 }),
            ["a replacement that is told twice"] =
                (Rule.DropsAreTold, right => right.Recording = right.Recording with { DroppedLater = 2 }),
            ["a failure that was none"] = (Rule.FailuresAreTold, right => right.Recording = right.Recording with { FailuresTold = 1 }),
            ["a failure that is not told"] =
                (Rule.FailuresAreTold, right => right.Recording = right.Recording with { End = RoundEnd.OutputFails }),
            ["bytes that are not counted"] =
                (Rule.WhatIsCountedArrives, right => right.Recording = right.Recording with { BytesTold = right.Recording.BytesTold - 1 }),
            ["a message that is counted twice"] =
                (Rule.WhatIsCountedArrives, right => right.Recording = right.Recording with { MessagesTold = 7 }),
            ["memory that is held"] = (Rule.NoMemoryIsHeld, right => right.Recording = right.Recording with { Held = 128 }),
            ["bytes that stay buffered"] = (Rule.NothingIsBuffered, right => right.Recording = right.Recording with { Buffered = 1 }),
            ["an output that complains"] =
                (Rule.NobodyComplains, right => right.Recording = right.Recording with { Complaints = ["Two at once."] }),
        };

    // Before the close.
    private static void Insert(RightRecording right, Sending sending) =>
        right.Frames.Insert(right.Frames.Count - 1, RightRecording.Data(sending));

    private static void Swap(RightRecording right, Sending one, Sending other) => Swap(right.Frames, right.At(one), right.At(other));

    private static void Swap(List<byte[]> frames, int one, int other) => (frames[one], frames[other]) = (frames[other], frames[one]);

    private static void Move(List<byte[]> frames, int from, int to)
    {
        var frame = frames[from];
        frames.RemoveAt(from);
        frames.Insert(to, frame);
    }

    private static void SwapChunks(RightRecording right)
    {
        var frame = right.Frames[right.At(right.Long)].AsSpan();
        var first = frame[1000..2000].ToArray();
        frame[2000..3000].CopyTo(frame[1000..]);
        first.CopyTo(frame[2000..]);
    }

    // A post of the end that arrives as the first. Nothing that is missing can have had that place.
    private static void Pass(RightRecording right, string key)
    {
        var called = right.Recording.EndCalled;
        var late = right.Add(2, SendingKind.Post, 30, Outcome.Queued, key);
        right.Recording = right.Recording with { EndReturned = long.MaxValue, EndCalled = called };
        right.Frames.Insert(0, RightRecording.Data(late));
    }

    private static Sending OlderPong(RightRecording right) => right.Sendings.First(sending => sending.Kind == SendingKind.Pong);
}
