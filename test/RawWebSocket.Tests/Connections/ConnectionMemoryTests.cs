using static RawWebSocket.Tests.Wire.ClientFrame;

namespace RawWebSocket.Tests.Connections;

/// <summary>However a connection ends, the memory budget holds nothing of it any more.</summary>
public sealed class ConnectionMemoryTests : IDisposable
{
    private readonly ConnectionsRig _rig = new();

    public static TheoryData<string> Endings =>
        ["fault", "abort", "peer's close", "own close", "lost", "discarded", "handler fails", "returns"];

    public void Dispose() => _rig.Dispose();

    [Theory, MemberData(nameof(Endings))]
    public Task In_the_middle_of_a_message(string ending) => ShouldHoldNothingAfter(
        ending, TextStart, static async connection => await connection.ReceiveAsync());

    [Theory, MemberData(nameof(Endings))]
    public Task In_the_middle_of_a_message_that_is_streamed(string ending) => ShouldHoldNothingAfter(
        ending, TextStart, static async connection => await connection.ReceiveStreamAsync());

    [Theory, MemberData(nameof(Endings))]
    public Task While_nobody_takes_what_has_come(string ending) => ShouldHoldNothingAfter(
        ending, Text, static _ => Task.CompletedTask);

    [Fact]
    public async Task Between_two_compressed_messages_of_a_peer_that_resets()
    {
        var rig = await _rig.ConnectCompressedAsync();
        var running = rig.Connection.RunAsync();

        // RFC 7692 section 7.2.3.3, the third example.
        await rig.PeerSends(Of(0xC1, [0x00, 0x05, 0x00, 0xFA, 0xFF, .. "Hello"u8, 0x00]));
        _rig.Memory.Held.ShouldBeGreaterThan(0);
        rig.Transport.Reset();
        await running;
        _rig.Memory.Held.ShouldBe(0);
    }

    private async Task ShouldHoldNothingAfter(string ending, byte firstByte, Func<WebSocketConnection, Task> receive)
    {
        var ends = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var rig = await _rig.ConnectAsync();
        var running = rig.Run(async connection =>
        {
            var receiving = receive(connection);
            await ends.Task;
            switch (ending)
            {
                case "discarded" when firstByte == Text:
                    connection.DiscardMessages();
                    break;
                case "handler fails":
                    throw new InvalidOperationException("The test's handler fails.");
                case "returns":
                    return;
            }

            await Task.Delay(Timeout.Infinite, connection.Closed);
            await receiving;
        });
        await rig.PeerSends(Of(firstByte, [.. Enumerable.Repeat((byte)'x', 5000)]));
        await _rig.SomethingIsHeld().WaitAsync(TimeSpan.FromSeconds(60));
        _rig.Memory.Held.ShouldBeGreaterThan(0);
        rig.Connection.HeldBytes.ShouldBe(_rig.Memory.Held);
        ends.SetResult();
        await EndAsync(ending, rig);
        await rig.Connection.Completion;

        // Of a peer that broke the protocol, what it may still send is discarded until it has been quiet for a moment.
        while (!running.IsCompleted)
        {
            _rig.Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await running;
        _rig.Memory.Held.ShouldBe(0);
        rig.Connection.HeldBytes.ShouldBe(0);
    }

    private static async Task EndAsync(string ending, ConnectionRig rig)
    {
        switch (ending)
        {
            case "fault":
                await rig.PeerSends(Of(0x83, []));
                break;
            case "abort":
                rig.Connection.Abort();
                break;
            case "own close":
                _ = rig.Connection.CloseAsync();
                await rig.NextFrame();
                await rig.PeerSends(Closing(1000, []));
                break;
            case "lost":
                rig.Transport.Lose();
                break;
            case "handler fails" or "returns":
                await rig.NextFrame();
                await rig.PeerSends(Closing(1000, []));
                break;
            default:
                await rig.PeerSends(Closing(1000, []));
                break;
        }
    }
}
