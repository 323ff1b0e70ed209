using RawWebSocket.Connections;

namespace RawWebSocket.Tests.Connections.Direct;

public sealed class DirectSendTests : IDisposable
{
    private readonly SocketPair _sockets = new();

    public void Dispose() => _sockets.Dispose();

    [Fact]
    public void It_is_there_on_linux() => DirectSend.IsAvailable.ShouldBe(OperatingSystem.IsLinux());

    [LinuxTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_peer_that_does_not_read_is_not_waited_for_whatever_the_socket_is_set_to(bool blocking)
    {
        _sockets.Near.Blocking = blocking;
        var sent = 0L;
        int more;
        do
        {
            more = DirectSend.Send(_sockets.Near.SafeHandle, new byte[100_000]);
            sent += more;
        }
        while (more > 0);

        sent.ShouldBeGreaterThan(0);
        _sockets.Receive((int)sent);
    }

    [LinuxFact]
    public void A_socket_that_was_disposed_takes_nothing()
    {
        var handle = _sockets.Near.SafeHandle;
        _sockets.Near.Dispose();
        DirectSend.Send(handle, [1]).ShouldBe(0);
    }

    // A signal would end the process.
    [LinuxFact]
    public void A_peer_that_has_gone_costs_no_signal_and_no_exception()
    {
        _sockets.Far.LingerState = new(enable: true, seconds: 0);
        _sockets.Far.Dispose();
        DirectSend.Send(_sockets.Near.SafeHandle, [1]).ShouldBe(0);
        DirectSend.Send(_sockets.Near.SafeHandle, [1]).ShouldBe(0);
    }
}
