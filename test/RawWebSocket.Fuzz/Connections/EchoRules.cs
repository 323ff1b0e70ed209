using RawWebSocket.Fuzz.Engine;
using RawWebSocket.Fuzz.Models;

namespace RawWebSocket.Fuzz.Connections;

/// <summary>
/// What an application that sends everything back gives to a peer that reads: every message that came before the end, and then the right
/// close frame. Nothing of it takes any time.
/// </summary>
internal static class EchoRules
{
    public static bool ApplyTo(ConnectionSettings settings) =>
        settings.Application is ApplicationKind.EchoHandler or ApplicationKind.EchoLoop or ApplicationKind.StreamEcho
            or ApplicationKind.YieldingHandler or ApplicationKind.YieldingLoop
        && settings.Reads <= PeerReads.AlwaysToo
        && settings.PauseBetweenPieces == TimeSpan.Zero
        && !settings.HasTightLimits;

    /// <summary>
    /// A peer that closes and says nothing more is rid of the connection at once. Otherwise the server waits for it to go, if it does; for
    /// that it gets some time, since the server cannot end TCP under what it still sends without taking its own close frame with it.
    /// </summary>
    public static EndsBy EndOf(ConnectionSettings settings, WireModel said) =>
        said is { Events: [.., { Kind: ModelKind.Close }], Rest: 0 } ? EndsBy.WhatIsSaid
        : settings.Ending is PeerEnding.FallsSilent or PeerEnding.IsSentAway ? EndsBy.Time
        : EndsBy.PeerGoing;

    /// <summary>Whether a peer that has said all this has nothing more to wait for.</summary>
    public static bool IsAnswered(List<ModelEvent> said, ServerWire sent) =>
        sent.Events.Count(static e => e.IsMessage) >= said.Count(static e => e.IsMessage)
        && (sent.Close is not null || said is not [.., { IsLast: true }]);

    public static void Check(ConnectionSettings settings, ConnectionDrive drive, List<ModelEvent> said, ServerWire sent)
    {
        Compare("Every message is sent back.", said.Where(static e => e.IsMessage), sent.Events.Where(static e => e.IsMessage));
        CheckPongs(settings, said, sent);
        CheckClose(drive.Closure, said, sent);
        Invariant.Holds(
            drive.Closure.MessagesReceived == said.Count(static e => e.IsMessage), "The closure counts the messages that came.");
    }

    // Of the pings that come while the output is full, or another thread is writing, only the latest is answered; otherwise all are.
    private static void CheckPongs(ConnectionSettings settings, List<ModelEvent> said, ServerWire sent)
    {
        var pings = said.Where(static e => e.Kind == ModelKind.Ping).ToList();
        var pongs = sent.Events.Where(static e => e.Kind == ModelKind.Pong).ToList();
        if (settings.OutputThreshold == 0 && !settings.Yields)
        {
            Invariant.Holds(pings.Count == pongs.Count, "Every ping is answered.", () => $"{pings.Count} and {pongs.Count}.");
        }

        var next = 0;
        foreach (var pong in pongs)
        {
            next = pings.FindIndex(next, ping => ping.Payload.AsSpan().SequenceEqual(pong.Payload)) + 1;
            Invariant.Holds(next > 0, "A pong carries what a ping carried, in their order.");
        }
    }

    private static void CheckClose(WebSocketClosure closure, List<ModelEvent> said, ServerWire sent)
    {
        if (said is not [.., { IsLast: true } last])
        {
            return;
        }

        var code = last.Fault is { } fault ? (int)fault.Code : last.Payload.Length == 0 ? 1005 : (last.Payload[0] * 256) + last.Payload[1];
        var expected = code == 1005 ? [] : new[] { (byte)(code >> 8), (byte)code };
        Invariant.Holds(
            sent.Close is { } close && close.Payload.AsSpan(0, Math.Min(2, close.Payload.Length)).SequenceEqual(expected),
            "The close frame has the right code.",
            () => $"{sent.Close} instead of {code}.");
        Invariant.Holds((int)closure.Code == code, "The closure has the right code.", () => $"{closure.Code} instead of {code}.");
        Invariant.Holds(
            closure.By == (last.Fault is null ? ClosedBy.Peer : ClosedBy.Server), "The closure says who closed.", () => $"{closure.By}");
    }

    private static void Compare(string rule, IEnumerable<ModelEvent> expected, IEnumerable<ModelEvent> found)
    {
        var (first, second) = (expected.ToList(), found.ToList());
        Invariant.Holds(
            first.Count == second.Count && first.Zip(second).All(static pair => pair.First.IsSameAs(pair.Second)),
            rule,
            () => $"Expected [{string.Join(", ", first)}], found [{string.Join(", ", second)}].");
    }
}
