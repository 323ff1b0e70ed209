using RawWebSocket.Connections.Lifetime;

namespace RawWebSocket.Tests.Connections;

public class KeepAliveTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private readonly ManualTimeProvider _time = new();
    private readonly RawWebSocketOptions _options = new()
    {
        KeepAliveInterval = TimeSpan.FromSeconds(30),
        KeepAliveTimeout = TimeSpan.FromSeconds(20),
    };

    private KeepAlive _keepAlive;

    public KeepAliveTests() => _keepAlive = new KeepAlive(_time.GetTimestamp());

    [Fact]
    public void A_peer_is_pinged_when_it_has_been_silent_for_the_interval_and_only_once()
    {
        JudgeAfter(TimeSpan.Zero).ShouldBe("Fine");
        JudgeAfter(TimeSpan.FromSeconds(30) - Tick).ShouldBe("Fine");
        JudgeAfter(Tick).ShouldBe("Ping");
        JudgeAfter(TimeSpan.FromSeconds(1)).ShouldBe("Fine");
    }

    [Fact]
    public void A_peer_that_stays_silent_for_the_timeout_after_its_ping_is_dead()
    {
        JudgeAfter(TimeSpan.FromSeconds(30)).ShouldBe("Ping");
        JudgeAfter(TimeSpan.FromSeconds(20) - Tick).ShouldBe("Fine");
        JudgeAfter(Tick).ShouldBe("Dead");
    }

    [Fact]
    public void The_timeout_counts_from_the_ping_and_not_from_the_silence()
    {
        JudgeAfter(TimeSpan.FromSeconds(300)).ShouldBe("Ping");
        JudgeAfter(TimeSpan.FromSeconds(19)).ShouldBe("Fine");
        JudgeAfter(TimeSpan.FromSeconds(1)).ShouldBe("Dead");
    }

    [Fact]
    public void Anything_that_is_heard_is_life()
    {
        for (var i = 0; i < 10; i++)
        {
            _keepAlive.Heard = true;
            JudgeAfter(TimeSpan.FromSeconds(29)).ShouldBe("Fine");
        }

        JudgeAfter(TimeSpan.FromSeconds(30)).ShouldBe("Ping");
        _keepAlive.Heard = true;
        JudgeAfter(TimeSpan.FromSeconds(25)).ShouldBe("Fine");
        JudgeAfter(TimeSpan.FromSeconds(30)).ShouldBe("Ping");
    }

    [Fact]
    public void Without_an_interval_nobody_is_pinged_or_dead()
    {
        _options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
        JudgeAfter(TimeSpan.FromDays(100)).ShouldBe("Fine");
        _keepAlive.Heard = true;
        JudgeAfter(TimeSpan.FromDays(100)).ShouldBe("Fine");
    }

    private string JudgeAfter(TimeSpan silence)
    {
        _time.Advance(silence);
        return _keepAlive.Judge(_options, _time, _time.GetTimestamp()).ToString();
    }
}
