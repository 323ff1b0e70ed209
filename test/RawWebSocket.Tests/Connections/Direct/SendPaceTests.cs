using RawWebSocket.Connections.Direct;

namespace RawWebSocket.Tests.Connections.Direct;

public class SendPaceTests
{
    private SendPace _pace;

    [Fact]
    public void Some_sends_at_a_time_may_leave_at_once_and_more_may_not()
    {
        for (var send = 0; send < SendPace.MostAtOnce; send++)
        {
            _pace.IsFast(tick: 5).ShouldBeFalse();
        }

        _pace.IsFast(tick: 5).ShouldBeTrue();
        _pace.IsFast(tick: 5).ShouldBeTrue();
    }

    [Fact]
    public void Another_time_they_may_again()
    {
        for (var send = 0; send <= SendPace.MostAtOnce; send++)
        {
            _pace.IsFast(tick: int.MaxValue);
        }

        _pace.IsFast(tick: int.MinValue).ShouldBeFalse();
    }
}
