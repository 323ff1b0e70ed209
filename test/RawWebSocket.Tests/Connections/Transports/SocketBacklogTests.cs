using System.Net.Sockets;
using RawWebSocket.Connections.Transports;

namespace RawWebSocket.Tests.Connections.Transports;

/// <summary>What Linux says of real sockets.</summary>
public sealed class SocketBacklogTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SocketPair _sockets = new();
    private int _sent;
    private int _read;

    private Socket Near => _sockets.Near;

    public void Dispose() => _sockets.Dispose();

    [LinuxFact]
    public void Nothing_is_left_before_anything_is_sent() => SocketBacklog.BytesOf(Near).ShouldBe(0);

    // The peer's system acknowledges what it has room for, though nobody has read it.
    [LinuxFact]
    public void Nothing_is_left_of_what_the_peers_system_has_acknowledged()
    {
        Send(100);
        Settle().ShouldBe(0);
        Read(100);
        Settle().ShouldBe(0);
    }

    [LinuxFact]
    public void What_a_peer_that_reads_nothing_has_no_room_for_is_left()
    {
        Fill();
        Settle().ShouldBeInRange(1, _sent - 1);
    }

    // The closing of a peer that reads slowly leans on it: the least that was seen has to become less while the peer takes some.
    [LinuxFact]
    public void What_the_peer_takes_is_left_no_more_to_the_last_byte()
    {
        Near.SendBufferSize = 512 * 1024;
        Fill();
        var least = Settle();
        var seen = new HashSet<long>();
        while (_read < _sent)
        {
            Read(Math.Min(10_000, _sent - _read));
            var left = Settle();
            left.ShouldBeLessThanOrEqualTo(least);
            least = left;
            seen.Add(left);
        }

        least.ShouldBe(0);
        seen.Count.ShouldBeGreaterThan(3, "It goes down by steps.");
    }

    // The FIN counts as a byte of the connection, and is none of what was written.
    [LinuxFact]
    public void Nothing_is_left_when_the_end_has_been_acknowledged_as_well()
    {
        Send(100);
        Near.Shutdown(SocketShutdown.Send);
        Read(100);
        _sockets.Far.Receive(new byte[1]).ShouldBe(0);
        Settle().ShouldBe(0);
    }

    [LinuxFact]
    public void Nobody_can_tell_of_a_connection_that_was_reset_or_of_a_socket_that_has_gone()
    {
        Fill();
        _sockets.Far.LingerState = new(enable: true, seconds: 0);
        _sockets.Far.Dispose();
        SpinWait.SpinUntil(() => SocketBacklog.BytesOf(Near) is null, Patience).ShouldBeTrue();
        Near.Dispose();
        SocketBacklog.BytesOf(Near).ShouldBeNull();
    }

    [LinuxFact]
    public void A_unix_socket_tells_until_the_peer_has_read_everything()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        try
        {
            listener.Listen();
            using var near = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            near.Connect(listener.LocalEndPoint!);
            using var far = listener.Accept();
            SocketBacklog.BytesOf(near).ShouldBe(0);
            near.Send(new byte[1000]);
            near.Send(new byte[1000]);
            var before = SocketBacklog.BytesOf(near).ShouldNotBeNull();
            before.ShouldBeGreaterThanOrEqualTo(2000);
            far.Receive(new byte[1000]).ShouldBe(1000);
            SocketBacklog.BytesOf(near).ShouldNotBeNull().ShouldBeInRange(1, before - 1);
            far.Receive(new byte[1000]).ShouldBe(1000);
            SocketBacklog.BytesOf(near).ShouldBe(0);
            near.Dispose();
            SocketBacklog.BytesOf(near).ShouldBeNull();
        }
        finally
        {
            File.Delete(path);
        }
    }

    private void Fill()
    {
        for (var before = -1; before < _sent;)
        {
            before = _sent;
            for (var more = 1; more > 0;)
            {
                more = Send(4 * 1024);
            }

            Settle();
        }
    }

    private int Send(int count)
    {
        var sent = Near.Send(new byte[count], SocketFlags.None, out _);
        _sent += sent;
        return sent;
    }

    private void Read(int count)
    {
        _sockets.Receive(count);
        _read += count;
    }

    // What is neither read nor waits in the peer's socket is what its side has not acknowledged, as soon as it has had the time to.
    private long Settle()
    {
        long? left = null;
        SpinWait.SpinUntil(() => (left = SocketBacklog.BytesOf(Near)) == _sent - _read - _sockets.Far.Available, Patience)
            .ShouldBeTrue($"{left} are said to be left of {_sent}; {_read} were read and {_sockets.Far.Available} wait.");
        return left!.Value;
    }
}
