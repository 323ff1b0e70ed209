using RawWebSocket.Connections.Direct;
using RawWebSocket.Tests.Connections.Transports;

namespace RawWebSocket.Tests.Connections.Direct;

public class DirectSendTests
{
    [Fact]
    public void It_is_there_on_linux() => DirectSend.IsAvailable.ShouldBe(OperatingSystem.IsLinux());

    [LinuxTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_peer_that_does_not_read_is_not_waited_for_whatever_the_socket_is_set_to(bool blocks)
    {
        using var sockets = new SocketPair(blocks);
        var sending = Task.Run(() =>
        {
            var sent = 0;
            int more;
            do
            {
                more = DirectSend.Send(sockets.Near.SafeHandle, new byte[100_000]);
                sent += more;
            }
            while (more > 0);
            return sent;
        });

        var sent = await sending.WaitAsync(TimeSpan.FromSeconds(30));
        sent.ShouldBeGreaterThan(0);
        sockets.Receive(sent);
    }

    [LinuxFact]
    public void A_socket_that_was_disposed_takes_nothing()
    {
        using var sockets = new SocketPair();
        var handle = sockets.Near.SafeHandle;
        sockets.Near.Dispose();
        DirectSend.Send(handle, [1]).ShouldBe(0);
    }

    // The first is told that the connection was reset, the second that there is none.
    [LinuxFact]
    public void A_peer_that_has_gone_costs_no_exception()
    {
        using var sockets = new SocketPair();
        sockets.Far.LingerState = new(enable: true, seconds: 0);
        sockets.Far.Dispose();
        DirectSend.Send(sockets.Near.SafeHandle, [1]).ShouldBe(0);
        DirectSend.Send(sockets.Near.SafeHandle, [1]).ShouldBe(0);
    }

    // The system gives the number of a descriptor that was closed to the next socket.
    [LinuxFact]
    public async Task A_socket_that_is_disposed_while_it_is_sent_to_gets_its_bytes_into_no_other()
    {
        for (var round = 0; round < 200; round++)
        {
            var sockets = new SocketPair();
            var handle = sockets.Near.SafeHandle;
            var began = new TaskCompletionSource();
            var sending = Task.Run(() =>
            {
                while (!handle.IsClosed)
                {
                    DirectSend.Send(handle, [1]);
                    began.TrySetResult();
                }

                DirectSend.Send(handle, [1]).ShouldBe(0);
            });
            await began.Task.WaitAsync(TimeSpan.FromSeconds(30));
            sockets.Near.Dispose();
            using var next = new SocketPair();
            await sending.WaitAsync(TimeSpan.FromSeconds(30));
            next.Far.Available.ShouldBe(0);
            sockets.Dispose();
        }
    }
}
