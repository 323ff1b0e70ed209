using RawWebSocket.Connections.Transports;

namespace RawWebSocket.Tests.Connections.Transports;

/// <summary>What is made of answers that no socket of this machine gives.</summary>
public class TcpInfoTests
{
    private const int Whole = 216;
    private const byte Established = 1;
    private const byte Closed = 7;

    [Fact]
    public void It_is_what_was_sent_once_and_not_acknowledged_and_what_was_not_sent()
    {
        var info = Answer(Established, unacknowledged: 2, acknowledged: 5_000_000_000, unsent: 700, sent: 5_000_003_100, again: 100);
        TcpInfo.Parse(info).UntakenBytes.ShouldBe(3700);
    }

    [Theory]
    [InlineData(0u, 10u)]
    [InlineData(1u, 0u)]
    public void It_is_never_nothing_while_something_is_unsent_or_not_acknowledged(uint unacknowledged, uint unsent)
    {
        var info = Answer(Established, unacknowledged, acknowledged: 1000, unsent, sent: 900, again: 0);
        TcpInfo.Parse(info).UntakenBytes.ShouldBe(1);
    }

    [Fact]
    public void It_is_nothing_when_everything_has_been_acknowledged_whatever_the_counts_are()
    {
        var info = Answer(Established, unacknowledged: 0, acknowledged: 900, unsent: 0, sent: 1000, again: 0);
        TcpInfo.Parse(info).UntakenBytes.ShouldBe(0);
    }

    [Fact]
    public void An_older_system_says_whether_the_connection_is_closed_and_no_more()
    {
        var info = Answer(Closed, unacknowledged: 1, acknowledged: 0, unsent: 1, sent: 0, again: 0);
        for (var length = 1; length < Whole; length++)
        {
            TcpInfo.Parse(info.AsSpan(0, length)).ShouldSatisfyAllConditions(
                answer => answer.UntakenBytes.ShouldBeNull(),
                answer => answer.IsClosed.ShouldBeTrue());
            info[0] = Established;
            TcpInfo.Parse(info.AsSpan(0, length)).ShouldSatisfyAllConditions(
                answer => answer.UntakenBytes.ShouldBeNull(),
                answer => answer.IsClosed.ShouldBeFalse());
            info[0] = Closed;
        }
    }

    [Fact]
    public void A_closed_connection_takes_nothing_any_more_so_nothing_is_said_of_what_it_took()
    {
        var info = Answer(Closed, unacknowledged: 0, acknowledged: 0, unsent: 0, sent: 0, again: 0);
        TcpInfo.Parse(info).UntakenBytes.ShouldBeNull();
    }

    private static byte[] Answer(byte state, uint unacknowledged, long acknowledged, uint unsent, long sent, long again)
    {
        var info = new byte[Whole];
        info[0] = state;
        BitConverter.TryWriteBytes(info.AsSpan(24), unacknowledged);
        BitConverter.TryWriteBytes(info.AsSpan(120), acknowledged);
        BitConverter.TryWriteBytes(info.AsSpan(144), unsent);
        BitConverter.TryWriteBytes(info.AsSpan(200), sent);
        BitConverter.TryWriteBytes(info.AsSpan(208), again);
        return info;
    }
}
