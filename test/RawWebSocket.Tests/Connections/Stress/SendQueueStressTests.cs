using System.IO.Compression;
using RawWebSocket.Compression;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Protocol;
using RawWebSocket.Tests.Compression;

namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>Real threads at one send queue, over a pipe and over a real socket, and a checker that compares what the peer gets.</summary>
public class SendQueueStressTests
{
    private const int Senders = 4;
    private const int Rounds = 6;

    private static readonly DeflateSettings Settings = new(CompressionLevel.Fastest, WindowBits: 15, MemoryLevel: 8);

    // The last three say how the round ends: closed while the senders send, aborted, or with an output that throws.
    [Theory]
    [InlineData(false, false, "close")]
    [InlineData(true, false, "close")]
    [InlineData(false, true, "close")]
    [InlineData(true, true, "close")]
    [InlineData(true, false, "abort")]
    [InlineData(false, false, "abort")]
    [InlineData(false, false, "throw")]
    [InlineData(false, true, "throw")]
    public async Task Whatever_many_threads_send_the_peer_gets_what_they_were_told(bool overSocket, bool compressed, string end)
    {
        for (var seed = 0; seed < Rounds; seed++)
        {
            await RunAsync(new Random(seed), overSocket, compressed, end).WaitAsync(TimeSpan.FromSeconds(60));
        }
    }

    private static async Task RunAsync(Random random, bool overSocket, bool compressed, string end)
    {
        using var peer = overSocket ? StressPeer.OverSocket() : StressPeer.OverPipe();
        var memory = new MemoryAccount(new MemoryBudget(long.MaxValue));
        var observer = new StressObserver(memory);
        var output = new BreakingWriter(peer.Output, end == "throw" ? random.Next(5, 400) : null);
        var queue = observer.QueueOver(
            output, compressed ? new DedicatedCompression(new ZlibPools(maxAttached: 1), Settings, memory, TimeProvider.System) : null);
        var senders = Enumerable.Range(0, Senders).Select(number => new StressSender(queue, number, random.Next())).ToList();
        var sending = Task.WhenAll(senders.Select(sender => Task.Run(sender.RunAsync)));
        var closing = end == "close" && random.Next(2) == 0 ? sending : Task.Delay(random.Next(1, 20));
        await closing;

        var isClosed = end == "close"
            && await queue.Controls.CloseAsync(ClosePayload.Empty, StreamedMessage.IsFinished) == SendResult.Sent;
        isClosed.ShouldBe(end == "close");
        if (end == "abort")
        {
            queue.Abandon();
            peer.Drop();
        }

        await sending;
        await queue.StopAsync();
        queue.EndCompression();
        queue.Drainage.BufferedBytes.ShouldBe(0);
        memory.Held.ShouldBe(0);
        observer.Failures.Count.ShouldBe(output.HasThrown ? 1 : 0);

        var wire = await peer.ReadToEndAsync(isBroken: !isClosed);
        var inflate = new StrictInflate(Settings.WindowBits);
        var records = senders.SelectMany(sender => sender.Records).ToList();
        var checker = new WireChecker(
            records, isClosed ? Ending.Close : Ending.Break, compressed ? payload => inflate.Message(payload) : null);
        checker.Check(wire).ShouldBeEmpty();
    }
}
