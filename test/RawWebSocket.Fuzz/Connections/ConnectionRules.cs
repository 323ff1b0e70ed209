using Microsoft.Extensions.Logging;
using RawWebSocket.Fuzz.Engine;
using RawWebSocket.Fuzz.Models;

namespace RawWebSocket.Fuzz.Connections;

/// <summary>What holds for every connection, whatever its application and its peer have done.</summary>
internal static class ConnectionRules
{
    private const int HandlerFailed = 5;

    // Other threads may be a little late with giving back and completing.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static void Check(ConnectionSettings settings, ConnectionDrive drive, ServerWire sent)
    {
        CheckLog(settings, drive.Logger);
        CheckOutput(drive, sent);
        Invariant.Holds(drive.Record.Closed == (settings.IsHandler ? 1 : 0), "A handler is told once that its connection is closed.");
        Invariant.Holds(
            !settings.IsHandler || drive.Record.Closure == drive.Closure, "What the handler is told of the end is what everyone is told.");
        Invariant.Holds(
            Eventually(() => drive.Record.Tracked().All(static task => task.IsCompleted)),
            "Nothing that was begun on a connection outlives it.");
        Invariant.Holds(
            Eventually(() => drive.Memory.Held == 0), "The memory budget has everything back.", () => $"{drive.Memory.Held} bytes.");
    }

    /// <summary>What has been rented and taken from the pipes is given back.</summary>
    public static void CheckMemory(ConnectionSettings settings, RentedArrays rented, CountingMemoryPool pool)
    {
        Invariant.Holds(Eventually(() => rented.Out == 0), "All pooled arrays are given back.", () => $"{rented.Out} are not.");
        Invariant.Holds(
            Eventually(() => pool.Out == 0), "All of the transport's memory is given back.", () => $"{pool.Out} blocks are not.");

        // Over a stream the buffers of the pipes around it are rented as well, and those are as many as what has arrived needs.
        Invariant.Holds(
            settings.OverStream || rented.PeakBytes <= MostRented(settings),
            "What a connection rents stays inside of its limits.",
            () => $"{rented.PeakBytes} bytes were rented, {MostRented(settings)} are allowed.");
    }

    // Gathered messages: one half finished, and those that wait. Each of the latter may be short and still takes a smallest array.
    private static long MostRented(ConnectionSettings settings)
    {
        const int SmallestArray = 1024;
        const int CostOfEntry = 64;
        const int Slack = 64 * 1024;
        var waiting = ((settings.ReceiveAheadBytes / CostOfEntry) + 1) * (long)SmallestArray;
        return waiting + (3L * (settings.ReceiveAheadBytes + (2 * settings.MaxMessageSize))) + (4L * settings.SendFragmentSize) + Slack;
    }

    private static void CheckLog(ConnectionSettings settings, RecordingLogger logger)
    {
        var throws = settings.Application == ApplicationKind.Thrower;
        foreach (var (level, id, text) in logger.Entries)
        {
            var isExpected = throws && id == HandlerFailed && text.Contains(nameof(ExpectedException), StringComparison.Ordinal);
            Invariant.Holds(level < LogLevel.Error || isExpected, "Nothing is logged as an error that is none.", () => text);
        }
    }

    private static void CheckOutput(ConnectionDrive drive, ServerWire sent)
    {
        var closure = drive.Closure;
        if (drive.IsLost)
        {
            return;
        }

        Invariant.Holds(sent.Rest == 0, "Frames are sent whole.", () => $"{sent.Rest} bytes are left over.");
        Invariant.Holds(sent.Unfinished is null || sent.Close is not null, "Only a close leaves a message unfinished.");
        Invariant.Holds(sent.Close is not null, "A connection whose transport lives ends with a close frame.");
        Invariant.Holds(
            closure.BytesSent == drive.Output.Length, "The closure counts the bytes that were sent.", () => $"{closure.BytesSent}");
        Invariant.Holds(
            closure.MessagesSent == sent.Events.Count(static e => e.IsMessage), "The closure counts the messages that were sent.");
        Invariant.Holds(
            closure.Sent is { } close && sent.Close!.Payload.AsSpan().StartsWith(CodeOf((int)close.Code)),
            "The closure has the close frame that was sent.");
    }

    private static byte[] CodeOf(int code) => code == 1005 ? [] : [(byte)(code >> 8), (byte)code];

    private static bool Eventually(Func<bool> holds) => holds() || SpinWait.SpinUntil(holds, Patience);
}
