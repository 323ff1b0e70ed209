using RawWebSocket.Connections.Transports;

namespace RawWebSocket.Tests.Connections.Transports;

public sealed class SocketResetTests : IDisposable
{
    private readonly SocketPair _sockets = new();

    public void Dispose() => _sockets.Dispose();

    [LinuxFact]
    public void A_reset_is_seen_behind_bytes_that_nobody_has_read()
    {
        _sockets.Far.Send(new byte[100]);
        SocketReset.HasCome(_sockets.Near).ShouldBeFalse();
        _sockets.Far.LingerState = new(enable: true, seconds: 0);
        _sockets.Far.Dispose();
        SpinWait.SpinUntil(() => SocketReset.HasCome(_sockets.Near), TimeSpan.FromSeconds(30)).ShouldBeTrue();
    }

    [LinuxFact]
    public void An_end_is_no_reset_and_neither_is_a_socket_that_has_gone()
    {
        _sockets.Far.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        _sockets.Near.Poll(TimeSpan.FromSeconds(30), System.Net.Sockets.SelectMode.SelectRead).ShouldBeTrue();
        _sockets.Near.Receive(new byte[1]).ShouldBe(0);
        SocketReset.HasCome(_sockets.Near).ShouldBeFalse();
        _sockets.Near.Dispose();
        SocketReset.HasCome(_sockets.Near).ShouldBeFalse();
    }
}
