using static RawWebSocket.Tests.Wire.ClientFrame;

namespace RawWebSocket.Tests.Connections;

/// <summary>What a message costs in garbage, from the transport through a handler that answers at once and back.</summary>
public sealed class AllocationTests : IDisposable
{
    private const int More = 16;
    private const int Tries = 200;
    private const int MaskingKeySize = 4;

    private readonly ConnectionsRig _rig = new();

    public void Dispose() => _rig.Dispose();

    // A read may cost something, most of all in a build for debugging; a message must not.
    [Theory]
    [InlineData(Binary, 5)]
    [InlineData(Binary, 125)]
    [InlineData(Binary, 1024)]
    [InlineData(Text, 5)]
    [InlineData(Text, 1024)]
    public async Task A_message_that_is_answered_at_once_leaves_no_garbage(byte first, int size)
    {
        var options = new RawWebSocketOptions { MaxMessagesPerSecond = int.MaxValue, MaxBytesPerSecond = int.MaxValue };
        var rig = await _rig.ConnectAsync(new MemoryTransport(MemoryTransport.Inline), options, new EchoHandler());
        var running = rig.Connection.RunAsync();

        var frame = Of(first, Enumerable.Repeat((byte)'x', size).ToArray());
        var frames = Enumerable.Repeat(frame, 1 + More).SelectMany(static bytes => bytes).ToArray();
        var one = long.MaxValue;
        var many = long.MaxValue;
        for (var i = 0; i < Tries; i++)
        {
            one = Math.Min(one, AllocatedBy(rig.Transport, frame, 1));
            many = Math.Min(many, AllocatedBy(rig.Transport, frames, 1 + More));
        }

        many.ShouldBe(one, $"{More} messages more");
        rig.Transport.Lose();
        await running;
    }

    private static long AllocatedBy(MemoryTransport transport, byte[] frames, int count)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var written = transport.Peer.WriteAsync(frames);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        written.IsCompletedSuccessfully.ShouldBeTrue();
        transport.AtPeer.TryRead(out var answers).ShouldBeTrue();
        answers.Buffer.Length.ShouldBe(frames.Length - (count * MaskingKeySize));
        transport.AtPeer.AdvanceTo(answers.Buffer.End);
        return allocated;
    }

    private sealed class EchoHandler : IWebSocketHandler
    {
        public ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message)
        {
            var sending = connection.SendAsync(message);
            return sending is { IsCompletedSuccessfully: true, Result: SendResult.Sent }
                ? ValueTask.CompletedTask
                : ValueTask.FromException(new InvalidOperationException("The answer was not sent at once."));
        }
    }
}
