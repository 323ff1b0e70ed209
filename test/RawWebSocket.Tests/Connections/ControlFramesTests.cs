using System.Buffers;
using System.Text;
using RawWebSocket.Connections.Receiving;
using RawWebSocket.Connections.Timing;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Connections;

/// <summary>Ten control frames a second.</summary>
public class ControlFramesTests : IPingObserver, IReceiveTally
{
    private const int Most = 10;

    private readonly ManualTimeProvider _time = new();
    private readonly List<string> _told = [];
    private readonly List<WebSocketLimit> _reached = [];
    private readonly ControlFrames _frames;

    public ControlFramesTests() => _frames = new ControlFrames(this, this, _time, Most);

    [Fact]
    public void Within_the_limit_every_ping_is_told_at_once()
    {
        Ping(1, Most).ShouldBeTrue();
        _told.ShouldBe(Enumerable.Range(1, Most).Select(number => $"Ping {number}"));
        _frames.AnswerLatest();
        _told.Count.ShouldBe(Most);
        _reached.ShouldBeEmpty();
    }

    [Fact]
    public void What_piled_up_while_this_side_stood_still_is_not_too_much()
    {
        var peers = new PeerClock(_time);
        peers.Start(TimeSpan.FromMilliseconds(100));
        var frames = new ControlFrames(this, this, _time, Most, peers);
        _time.Advance(TimeSpan.FromSeconds(65));
        var incoming = Incoming.Ping(default);
        for (var ping = 0; ping < 10 * Most; ping++)
        {
            frames.TryTake(incoming).ShouldBeTrue();
            if (ping == Most)
            {
                peers.Beat(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    [Fact]
    public void Beyond_it_only_the_latest_of_each_batch_is_told_when_the_batch_ends()
    {
        Ping(1, Most);
        _told.Clear();
        Ping(11, 13).ShouldBeTrue();
        _told.ShouldBeEmpty();
        _frames.AnswerLatest();
        _told.ShouldBe(["Ping 13"]);
        _frames.AnswerLatest();
        Ping(14, 15);
        _frames.AnswerLatest();
        _told.ShouldBe(["Ping 13", "Ping 15"]);
    }

    [Fact]
    public void The_limit_is_reached_once_in_a_second()
    {
        Ping(1, 15);
        _reached.ShouldBe([WebSocketLimit.ControlFrameRate]);
        _time.Advance(TimeSpan.FromSeconds(1));
        Ping(1, Most);
        _reached.Count.ShouldBe(1);
        Ping(11, 12);
        _reached.Count.ShouldBe(2);
    }

    [Fact]
    public void Twice_as_many_are_too_many_pongs_too()
    {
        Ping(1, Most);
        for (var number = Most + 1; number < 2 * Most; number++)
        {
            Take(Incoming.Pong(Payload(number))).ShouldBeTrue();
        }

        _told.Last().ShouldBe("Pong 19");
        Take(Incoming.Pong(Payload(2 * Most))).ShouldBeFalse();
        _told.Last().ShouldBe("Pong 19");
    }

    [Fact]
    public void What_may_have_piled_up_while_nobody_read_is_not_too_much_but_answered_once_all_the_same()
    {
        _frames.Excuse();
        _frames.AreExcused.ShouldBeTrue();
        Ping(1, 100).ShouldBeTrue();
        _told.Count.ShouldBe(Most);
        _frames.AnswerLatest();
        _told.Last().ShouldBe("Ping 100");
        _time.Advance(TimeSpan.FromSeconds(1));
        _frames.AreExcused.ShouldBeFalse();
        Ping(1, 2 * Most).ShouldBeFalse();
    }

    [Fact]
    public void A_second_begins_with_the_first_frame_after_the_one_before()
    {
        _time.Advance(TimeSpan.FromSeconds(10.7));
        Ping(1, 19).ShouldBeTrue();
        _time.Advance(TimeSpan.FromSeconds(0.999));
        Ping(20, 20).ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(0.001));
        _told.Clear();
        Ping(1, Most).ShouldBeTrue();
        _told.Count.ShouldBe(Most);
    }

    void IReceiveTally.OnReceived(long bytes)
    {
    }

    void IReceiveTally.OnPartReceived()
    {
    }

    void IReceiveTally.OnMessagesReceived(int count)
    {
    }

    void IPingObserver.OnPingOrPong(in Incoming frame) => _told.Add($"{frame.Kind} {Encoding.UTF8.GetString(frame.Payload)}");

    void IReceiveTally.OnLimitReached(WebSocketLimit limit) => _reached.Add(limit);

    private static ReadOnlySequence<byte> Payload(int number) => new(Encoding.UTF8.GetBytes($"{number}"));

    private bool Ping(int first, int last) =>
        Enumerable.Range(first, last - first + 1).All(number => Take(Incoming.Ping(Payload(number))));

    private bool Take(in Incoming frame) => _frames.TryTake(frame);
}
